/**
 * The rehearsal of an outage: the delivery of a destination and its queue, as they are, in time
 * that is made to pass and on a disk in memory, against a receiver that goes down and comes back.
 * Touches no file and no network.
 */
@NullMarked
package io.forebay.agent.rehearsal;

import org.jspecify.annotations.NullMarked;
