package io.forebay.queue;

import java.util.List;

/**
 * What the state file holds: a hint that spares records that were acknowledged from coming again,
 * and keeps sequence numbers from coming again when every segment is gone.
 *
 * @param epoch names the queue: with a sequence number, a record for ever
 * @param nextSequence no record at or above it had been shown to anyone
 * @param reservedSequence when above {@code nextSequence}: numbers below it may have been shown to
 *     someone and then lost with the power
 * @param frontier everything below it is settled: acknowledged, dropped, or never a record
 * @param truncatedBelow records below it that were not delivered were deleted to make room
 * @param settled ranges beyond the frontier that are settled, rising
 * @param liveBytes of the segments of which some frames, but not all, hold a live record
 */
record QueueState(
    long epoch,
    long nextSequence,
    long reservedSequence,
    long frontier,
    long truncatedBelow,
    List<Range> settled,
    List<LiveBytes> liveBytes) {

  /** Sequence numbers {@code from <= n < to}. */
  record Range(long from, long to) {}

  /**
   * How much of a segment holds live records.
   *
   * @param segment its first sequence number
   * @param bytes of frames that hold a live record
   * @param end offset up to which frames were known then
   */
  record LiveBytes(long segment, long bytes, long end) {}
}
