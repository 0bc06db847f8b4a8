package io.forebay.queue;

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

  LeasedRecords(
      Owner owner, FrameReference frame, DecodedFrame records, long firstSequence, int count) {
    this.owner = owner;
    this.frame = frame;
    this.records = records;
    this.index = (int) (firstSequence - records.firstSequence());
    this.count = count;
    this.held = count;
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
