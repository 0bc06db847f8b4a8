/**
 * What the commands on queues do: which queues there are, reading them beside a running agent, and
 * changing them while none runs. Printing and options are the commands' own.
 */
@NullMarked
package io.forebay.agent.queue;

import org.jspecify.annotations.NullMarked;
