package io.forebay.queue;

import java.util.HashSet;
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

  OpenFrames(SequenceSet settled, SegmentTable segments) {
    this.settled = settled;
    this.segments = segments;
  }

  /** Takes {@code from <= n < to} from whoever has them. */
  void withdraw(long from, long to) {
    ready.subMap(from, to).clear();
    leases.removeIf(
        lease -> {
          boolean gone = lease.firstSequence() >= from && lease.firstSequence() < to;
          if (gone) {
            leasedRecords -= lease.held;
            lease.held = 0;
          }
          return gone;
        });
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
    lease.held -= records;
    leasedRecords -= records;
    if (lease.held == 0) {
      leases.remove(lease);
    }
  }

  /** Makes the rest of a lease ready; false when it has ended. */
  boolean release(LeasedRecords lease) {
    if (lease.held == 0 || !leases.remove(lease)) {
      return false;
    }
    leasedRecords -= lease.held;
    lease.held = 0;
    long first = lease.firstSequence();
    makeReady(lease.frame, first, first + lease.count());
    return true;
  }

  long leasedRecords() {
    return leasedRecords;
  }

  /** When the oldest of the frames was appended, or null. */
  @Nullable Long oldestMillis() {
    Map.Entry<Long, FrameReference> oldest = frames.firstEntry();
    return oldest == null ? null : oldest.getValue().header.appendedAtMillis();
  }
}
