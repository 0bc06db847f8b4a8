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
 * @param settled ranges beyond the frontier that are settled, rising
 * @param deadBytes by segment, the bytes of frames without a live record, where a live one remains
 */
record QueueState(
    long epoch,
    long nextSequence,
    long reservedSequence,
    long frontier,
    List<Range> settled,
    List<DeadBytes> deadBytes) {

  /** Sequence numbers {@code from <= n < to}. */
  record Range(long from, long to) {}

  /** Bytes of the segment that begins with the given sequence number. */
  record DeadBytes(long segment, long bytes) {}
}
