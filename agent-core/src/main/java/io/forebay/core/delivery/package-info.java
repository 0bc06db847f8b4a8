/**
 * At-least-once delivery to one destination: batcher, workers, retry, circuit breaker, the modes of
 * the persistent queue, drain, dead letters.
 *
 * <p>A delivery is an actor. {@link io.forebay.core.delivery.DeliveryLoop} owns all state on the
 * one thread of its {@link io.forebay.core.delivery.Mailbox}; batches from upstream, results of
 * requests, answers of the disk and the alarm are posted to it. After each burst it lets every part
 * do what it can do now: {@code Shutdown}, {@code DeadLetters}, {@code Spill} (memory to disk),
 * {@code Dispatch} (what is sent next), {@code Backlog} (disk to memory). {@code QueueGateway} is
 * the only class that touches the blocking queue.
 *
 * <p>Items are never copied or queued one by one: a {@code Slice} is a range of a source batch or
 * of a lease, a {@code Parcel} is some slices in one request or append, and settling a range tells
 * its {@code Owner}. At every moment {@code received = delivered + dead lettered + dropped + in
 * memory + queued}.
 *
 * <p>The states, and what moves between them:
 *
 * <pre>
 * from      to        when
 * any       PAUSED    a request ended in Paused
 * PAUSED    SPILLING  a probe was delivered, and memory is still filling up (mode backpressure)
 * PAUSED    DRAINING  a probe was delivered and there is a backlog
 * PAUSED    DIRECT    a probe was delivered and there is none
 * DIRECT    SPILLING  a request ended in Retry; or, in mode backpressure, memory reached 80 %
 * DRAINING  SPILLING  the same
 * SPILLING  DRAINING  a request that began after the failure was answered, memory is below 50 %,
 *                     and there is a backlog
 * SPILLING  DIRECT    the same, and there is none
 * DIRECT    DRAINING  at start, when an earlier run left a backlog; in mode always also after it
 * DRAINING  DIRECT    the backlog is gone (mode always: has been caught up with)
 * </pre>
 *
 * <p>While SPILLING for a failure or PAUSED, one request at a time is made, when the wait is over;
 * the first success lets one through, the next two, and so on up to the workers. Without a queue
 * the state stays DIRECT or PAUSED, and the snapshot's {@code why} and {@code circuitOpen} tell of
 * failures.
 */
@NullMarked
package io.forebay.core.delivery;

import org.jspecify.annotations.NullMarked;
