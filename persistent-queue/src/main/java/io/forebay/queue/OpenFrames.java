package io.forebay.queue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The frames that were read and still hold an unsettled record, and who has their records: a lease,
 * or nobody yet. Guarded by the ledger.
 */
final class OpenFrames {

  private final SequenceSet settled;
  private final SegmentTable segments;
  private final NavigableMap<Long, ReadyRange> ready = new TreeMap<>();
  private final NavigableMap<Long, FrameReference> frames = new TreeMap<>();
  private final Set<LeasedRecords> leases = new HashSet<>();
  private long leasedRecords;
  private long evictedRecords;

  OpenFrames(SequenceSet settled, SegmentTable segments) {
    this.settled = settled;
    this.segments = segments;
  }

  /**
   * Takes {@code from <= n < to} off the disk, which are about to be settled: they are ready no
   * more, and those that are leased stay with their leases.
   *
   * @return how many these are
   */
  long withdraw(long from, long to) {
    ready.subMap(from, to).clear();
    long kept = 0;
    for (LeasedRecords lease : leases) {
      // What is leased together is of one frame, and leaves the disk together.
      if (!lease.isEvicted() && lease.firstSequence() >= from && lease.firstSequence() < to) {
        lease.evict(settled);
        kept += lease.held;
      }
    }
    evictedRecords += kept;
    return kept;
  }

  /** Adds {@code from <= n < to} to the settled; says how many that took. */
  long settle(long from, long to) {
    Long floor = frames.floorKey(from);
    var touched = frames.subMap(floor == null ? from : floor, to).values().iterator();
    while (touched.hasNext()) {
      FrameReference frame = touched.next();
      long start = Math.max(from, frame.header.firstSequence());
      frame.live -= settled.absentCount(start, Math.min(to, frame.header.endSequence()));
      if (frame.live == 0) {
        touched.remove();
        segments.lostLife(frame.segment, frame.header.totalBytes());
      }
    }
    return settled.add(from, to);
  }

  /** A frame was read: what is not settled of it becomes ready. */
  void opened(FrameReference frame) {
    long first = frame.header.firstSequence();
    long end = frame.header.endSequence();
    frame.live = settled.absentCount(first, end);
    if (frame.live > 0) {
      frames.put(first, frame);
      makeReady(frame, first, end);
    }
  }

  private void makeReady(FrameReference frame, long from, long to) {
    settled.forEachAbsent(
        from, to, (start, end) -> ready.put(start, new ReadyRange(frame, start, end)));
  }

  @Nullable ReadyRange firstReady() {
    Map.Entry<Long, ReadyRange> first = ready.firstEntry();
    return first == null ? null : first.getValue();
  }

  /** Leases the front of a ready range, if it is still there. */
  @Nullable LeasedRecords lease(
      LeasedRecords.Owner owner, ReadyRange range, DecodedFrame records, int count) {
    if (!ready.remove(range.from(), range)) {
      return null;
    }
    long rest = range.from() + count;
    if (rest < range.to()) {
      ready.put(rest, new ReadyRange(range.frame(), rest, range.to()));
    }
    LeasedRecords lease = new LeasedRecords(owner, range.frame(), records, range.from(), count);
    leases.add(lease);
    leasedRecords += count;
    return lease;
  }

  /** So many records of the lease were settled. */
  void acknowledged(LeasedRecords lease, long records) {
    ended(lease, records);
    if (lease.held == 0) {
      leases.remove(lease);
    }
  }

  private void ended(LeasedRecords lease, long records) {
    lease.held -= records;
    leasedRecords -= records;
    evictedRecords -= lease.isEvicted() ? records : 0;
  }

  /** Makes the rest of a lease ready; false when it has ended, or its records left the disk. */
  boolean release(LeasedRecords lease) {
    if (lease.isEvicted() || !leases.remove(lease)) {
      return false;
    }
    ended(lease, lease.held);
    long first = lease.firstSequence();
    makeReady(lease.frame, first, first + lease.count());
    return true;
  }

  /** Ends a lease, unless it has ended, whose records left the disk: the rest of them is lost. */
  Loss giveUp(LeasedRecords lease) {
    if (!lease.isEvicted() || !leases.remove(lease)) {
      return Loss.NONE;
    }
    Loss loss = lease.evictedRest();
    ended(lease, loss.records());
    return loss;
  }

  /** Ends all leases whose records left the disk. */
  Loss giveUpEvicted() {
    Loss sum = Loss.NONE;
    for (LeasedRecords lease : List.copyOf(leases)) {
      sum = sum.plus(giveUp(lease));
    }
    return sum;
  }

  /** Records that are leased, on disk or not. */
  long leasedRecords() {
    return leasedRecords;
  }

  /** Those of them that are on disk. */
  long leasedOnDisk() {
    return leasedRecords - evictedRecords;
  }

  /** When the oldest of the frames was appended, or null. */
  @Nullable Long oldestMillis() {
    Map.Entry<Long, FrameReference> oldest = frames.firstEntry();
    return oldest == null ? null : oldest.getValue().header.appendedAtMillis();
  }
}
