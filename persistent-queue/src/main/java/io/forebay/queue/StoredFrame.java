package io.forebay.queue;

/**
 * Records that lie on the disk, as a {@link QueueScan} found them: each has its number, and whether
 * the queue still has to deliver it.
 */
public final class StoredFrame {

  private final FrameHeader header;
  private final DecodedFrame records;
  private final SequenceSet settled;

  StoredFrame(FrameHeader header, DecodedFrame records, SequenceSet settled) {
    this.header = header;
    this.records = records;
    this.settled = settled;
  }

  /** Sequence number of the first record. */
  public long firstSequence() {
    return header.firstSequence();
  }

  /** Number of records, at least 1. */
  public int count() {
    return header.count();
  }

  /** When the frame was appended, in milliseconds since the epoch. */
  public long appendedAtMillis() {
    return header.appendedAtMillis();
  }

  /** The bytes of all records. Shared, not copied: must not be written to. */
  public byte[] bytes() {
    return records.bytes();
  }

  /** Where record {@code i} begins in {@link #bytes}. */
  public int offset(int i) {
    return records.offsets()[i];
  }

  /** Length of record {@code i} in bytes. */
  public int length(int i) {
    return records.offsets()[i + 1] - records.offsets()[i];
  }

  /** Whether record {@code i} was delivered or given up, and lies there only for its neighbours. */
  public boolean isSettled(int i) {
    long sequence = firstSequence() + i;
    return settled.firstAbsent(sequence) > sequence;
  }
}
