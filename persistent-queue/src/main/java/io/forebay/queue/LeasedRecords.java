package io.forebay.queue;

import org.jspecify.annotations.Nullable;

/** A lease on records of one decoded frame. */
final class LeasedRecords implements Lease {

  /** Whom a lease tells of its end. */
  interface Owner {
    int acknowledge(LeasedRecords lease, long from, long to);

    void release(LeasedRecords lease);
  }

  private final Owner owner;
  final FrameReference frame;
  private final DecodedFrame records;
  private final int index;
  private final int count;

  /** Records not acknowledged yet; 0 once the lease has ended. Guarded by the {@link Ledger}. */
  long held;

  /**
   * Null while the records are on disk; then which of their numbers were acknowledged. Guarded by
   * the {@link Ledger}.
   */
  private @Nullable SequenceSet acknowledged;

  LeasedRecords(
      Owner owner, FrameReference frame, DecodedFrame records, long firstSequence, int count) {
    this.owner = owner;
    this.frame = frame;
    this.records = records;
    this.index = (int) (firstSequence - records.firstSequence());
    this.count = count;
    this.held = count;
  }

  /** The records leave the disk; those that are not settled stay with this lease. */
  void evict(SequenceSet settled) {
    acknowledged = settled.between(firstSequence(), firstSequence() + count);
  }

  boolean isEvicted() {
    return acknowledged != null;
  }

  /** Acknowledges records that left the disk; says how many that took. */
  long endEvicted(long from, long to) {
    SequenceSet set = acknowledged;
    return set == null ? 0 : set.add(from, to);
  }

  /** The records that left the disk and were not acknowledged, with their payload's bytes. */
  Loss evictedRest() {
    SequenceSet set = acknowledged;
    if (set == null) {
      return Loss.NONE;
    }
    long first = firstSequence();
    long[] bytes = new long[1];
    set.forEachAbsent(
        first,
        first + count,
        (from, to) -> {
          int[] offsets = records.offsets();
          int start = index + (int) (from - first);
          bytes[0] += offsets[start + (int) (to - from)] - offsets[start];
        });
    return new Loss(held, bytes[0]);
  }

  @Override
  public long firstSequence() {
    return records.firstSequence() + index;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long appendedAtMillis() {
    return frame.header.appendedAtMillis();
  }

  @Override
  public byte[] bytes() {
    return records.bytes();
  }

  @Override
  public int offset(int i) {
    return records.offsets()[checked(i)];
  }

  @Override
  public int length(int i) {
    return records.offsets()[checked(i) + 1] - records.offsets()[index + i];
  }

  private int checked(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("record " + i + " of " + count);
    }
    return index + i;
  }

  @Override
  public void acknowledge() {
    acknowledge(0, count);
  }

  @Override
  public int acknowledge(int from, int to) {
    if (from < 0 || to > count || from > to) {
      throw new IndexOutOfBoundsException("records " + from + ".." + to + " of " + count);
    }
    return from < to ? owner.acknowledge(this, firstSequence() + from, firstSequence() + to) : 0;
  }

  @Override
  public void release() {
    owner.release(this);
  }

  /** Names the records, never shows them. */
  @Override
  public String toString() {
    return "Lease[" + firstSequence() + " +" + count + "]";
  }
}
