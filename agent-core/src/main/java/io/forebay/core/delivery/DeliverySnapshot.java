package io.forebay.core.delivery;

import io.forebay.queue.QueueStatistics;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A picture of one destination's delivery, for metrics, health and status. Counters run from the
 * start of the process.
 *
 * @param state what it is doing
 * @param since when the state was entered
 * @param why the last failure or the reason of a pause, for people; null when all is well
 * @param circuitOpen whether the circuit breaker holds requests back
 * @param receivedItems taken over from upstream, plus found in the queue at start
 * @param receivedBytes weight of the same
 * @param deliveredItems acknowledged by the receiver
 * @param deliveredBytes weight of the same
 * @param deadLetteredItems rejected by the receiver and kept as dead letters
 * @param droppedItems given up, all reasons together; the reasons are counted by {@link
 *     DeliveryListener#onDropped}
 * @param memoryItems in memory and on no disk, in-flight ones included
 * @param memoryBytes weight of the same
 * @param inFlightRequests requests under way
 * @param heldBack what fails while others succeed
 * @param queue the queue on disk, or null without one; its records are those that the counters here
 *     know of
 * @param deadLetters the dead letters on disk, or null while none was ever written
 * @param drainItemsPerSecond smoothed rate at which the backlog went out of late; 0 when it does
 *     not
 * @param lastProgress when an item last was delivered, dead-lettered or dropped; null before the
 *     first
 * @param diskTrouble what is wrong with the queue's disk and what mends it, for people; null while
 *     nothing is
 * @param deadLetterTrouble the same of the disk of the dead letters
 */
public record DeliverySnapshot(
    DeliveryState state,
    Instant since,
    @Nullable String why,
    boolean circuitOpen,
    long receivedItems,
    long receivedBytes,
    long deliveredItems,
    long deliveredBytes,
    long deadLetteredItems,
    long droppedItems,
    long memoryItems,
    long memoryBytes,
    int inFlightRequests,
    HeldBack heldBack,
    @Nullable QueueStatistics queue,
    @Nullable QueueStatistics deadLetters,
    double drainItemsPerSecond,
    @Nullable Instant lastProgress,
    @Nullable String diskTrouble,
    @Nullable String deadLetterTrouble) {

  /**
   * Items whose requests fail while others succeed.
   *
   * @param items set aside, or, in strict order, in front of all that waits
   * @param blocking whether they keep all others waiting, in strict order
   * @param stuck whether, after something was delivered, nothing is left to try but single items,
   *     each of which failed {@code isolate_after_attempts} times by itself; in strict order, but
   *     one that blocks
   */
  public record HeldBack(long items, boolean blocking, boolean stuck) {

    public static final HeldBack NOTHING = new HeldBack(0, false, false);

    public HeldBack(long items, boolean blocking) {
      this(items, blocking, false);
    }
  }

  /** Items that are neither delivered nor given up: in memory and on disk. */
  public long bufferedItems() {
    return memoryItems + (queue == null ? 0 : queue.records());
  }
}
