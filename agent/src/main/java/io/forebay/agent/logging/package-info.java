/** How the agent's own log looks and where it goes: standard error, one line an event. */
@NullMarked
package io.forebay.agent.logging;

import org.jspecify.annotations.NullMarked;
