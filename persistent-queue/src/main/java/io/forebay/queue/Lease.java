package io.forebay.queue;

/**
 * A hold on contiguous records of the queue. They stay on disk until {@link #acknowledge};
 * whichever of {@link #acknowledge} and {@link #release} comes first wins and everything after it
 * has no effect. Safe from any thread.
 *
 * <p>Under {@link Overflow#DROP_OLDEST} the records may have to leave the disk while they are
 * leased. Then they stay with the lease, which is not disturbed: what is acknowledged counts as
 * acknowledged, and the rest is reported as dropped once the lease is released or the queue closes,
 * for nobody can read it again. The maximum age does not touch what is leased.
 */
public interface Lease {

  /** Sequence number of the first record. */
  long firstSequence();

  /** Number of records, at least 1. */
  int count();

  /** When the frame was appended, in milliseconds since the epoch, by the clock of the time. */
  long appendedAtMillis();

  /**
   * The bytes of all records, back to back, as they were appended; the record {@code i} begins at
   * {@link #offset} of {@code i}. Shared, not copied: must not be written to. Valid for as long as
   * it is referenced, also after the lease has ended.
   */
  byte[] bytes();

  /** Where record {@code i} begins in {@link #bytes}. */
  int offset(int i);

  /** Length of record {@code i} in bytes. */
  int length(int i);

  /**
   * The records were delivered, or given up with a count elsewhere: they may leave the disk. Never
   * blocks on the disk.
   */
  void acknowledge();

  /**
   * Acknowledges a part, counted from the front of the lease; the rest stays leased. Never blocks
   * on the disk.
   *
   * @param from index of the first record, {@code 0 <= from}
   * @param to index after the last record, {@code to <= count()}
   * @return how many records this call took off the queue: fewer than asked when some were
   *     acknowledged before, and none once the lease has ended or the queue is closed
   */
  int acknowledge(int from, int to);

  /**
   * Gives what is not acknowledged back; it will be leased again, before anything younger. What is
   * no longer on disk is dropped instead, and reported to the listener within this call.
   */
  void release();
}
