package io.forebay.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All bookkeeping of a queue in memory, under one lock that is never held while the disk works:
 * which segments there are, which sequence numbers are settled, ready and leased, and how many
 * bytes lie where. A number is <em>settled</em> once it is acknowledged, dropped, or known to be no
 * record's.
 */
final class Ledger {

  /** While anything is leased, no further frame is read once so many gaps wait to be closed. */
  static final int MAX_SETTLED_RANGES = 512;

  private final SequenceSet settled;
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private final NavigableMap<Long, ReadyRange> ready = new TreeMap<>();
  private final NavigableMap<Long, FrameReference> frames = new TreeMap<>();
  private final Set<LeasedRecords> leases = new HashSet<>();
  private final long maxBytes;
  private final long epoch;

  private long next;
  private long reservedSequence;
  private long unread;
  private long unreadMillis;
  private long leasedRecords;
  private long segmentFileBytes;
  private long otherBytes;
  private long liveBytes;
  private boolean diskFailing;
  private boolean changed;

  /**
   * @param next the number that the next record gets
   * @param otherBytes of files that are no segments
   */
  Ledger(QueueState state, long next, long maxBytes, long otherBytes) {
    this.epoch = state.epoch();
    this.maxBytes = maxBytes;
    this.otherBytes = otherBytes;
    this.settled = new SequenceSet(state.frontier());
    this.next = next;
    this.reservedSequence = state.reservedSequence();
    this.unread = state.frontier();
    state.settled().forEach(range -> settled.add(range.from(), range.to()));
  }

  // ---- segments and bytes -------------------------------------------------------------------

  synchronized void addSegment(Segment segment) {
    segments.put(segment.first, segment);
    segmentFileBytes += segment.fileBytes;
    liveBytes += segment.liveBytes;
    sweep();
  }

  synchronized void resized(Segment segment, long fileBytes) {
    segmentFileBytes += fileBytes - segment.fileBytes;
    segment.fileBytes = fileBytes;
  }

  synchronized void seal(Segment segment) {
    segment.sealed = true;
  }

  synchronized void removed(Segment segment) {
    if (segments.remove(segment.first, segment)) {
      segmentFileBytes -= segment.fileBytes;
      lostLife(segment, segment.liveBytes);
    }
  }

  synchronized void otherBytesChanged(long difference) {
    otherBytes += difference;
  }

  synchronized long freeBytes() {
    return maxBytes - otherBytes - segmentFileBytes;
  }

  synchronized long segmentFileBytes() {
    return segmentFileBytes;
  }

  synchronized @Nullable Segment oldestSegment() {
    Map.Entry<Long, Segment> oldest = segments.firstEntry();
    return oldest == null ? null : oldest.getValue();
  }

  /** The sealed segments whose every number is settled and lies below {@code limit}. */
  synchronized List<Segment> deadSegments(long limit) {
    List<Segment> dead = new ArrayList<>();
    for (Segment segment : segments.values()) {
      if (segment.first >= limit) {
        break;
      }
      long end = end(segment);
      if (segment.sealed && end <= limit && settled.firstAbsent(segment.first) >= end) {
        dead.add(segment);
      } else if (settled.rangeCount() == 0 && end > settled.frontier()) {
        break;
      }
    }
    return dead;
  }

  synchronized boolean isSettled(Segment segment) {
    return settled.firstAbsent(segment.first) >= end(segment);
  }

  /** The sequence number at which the segment after this one begins, or will begin. */
  synchronized long end(Segment segment) {
    Long end = segments.higherKey(segment.first);
    return end == null ? next : end;
  }

  private void lostLife(Segment segment, long bytes) {
    long lost = Math.min(bytes, segment.liveBytes);
    segment.liveBytes -= lost;
    liveBytes -= lost;
  }

  /** Nothing lives in segments below the frontier, whatever damage made of the sums. */
  private void sweep() {
    for (Segment segment : segments.values()) {
      if (end(segment) > settled.frontier()) {
        break;
      }
      lostLife(segment, segment.liveBytes);
    }
  }

  // ---- appending ----------------------------------------------------------------------------

  synchronized long next() {
    return next;
  }

  synchronized long reservedSequence() {
    return reservedSequence;
  }

  synchronized void reserved(long sequence) {
    reservedSequence = sequence;
  }

  /** More frames of a segment may be read, up to a new end. */
  synchronized void readable(Segment segment, long end) {
    long bytes = end - segment.readableEnd;
    segment.readableEnd = end;
    segment.liveBytes += bytes;
    liveBytes += bytes;
  }

  /** Numbers below {@code sequence} have their records. */
  synchronized void published(long sequence, long millis) {
    if (settled.firstAbsent(unread) >= next) {
      unreadMillis = millis;
    }
    next = sequence;
    changed = true;
  }

  /** Numbers from {@link #next} up to {@code sequence} will never be a record's. */
  synchronized void skipped(long sequence) {
    settled.add(next, sequence);
    next = sequence;
    changed = true;
    sweep();
  }

  // ---- settling -----------------------------------------------------------------------------

  /**
   * Settles {@code from <= n < to}, whoever holds them.
   *
   * @return how many records that took
   */
  synchronized long settle(long from, long to) {
    if (from >= to) {
      return 0;
    }
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
    return settleNumbers(from, to);
  }

  private long settleNumbers(long from, long to) {
    Long floor = frames.floorKey(from);
    var touched = frames.subMap(floor == null ? from : floor, to).values().iterator();
    while (touched.hasNext()) {
      FrameReference frame = touched.next();
      long start = Math.max(from, frame.header.firstSequence());
      frame.live -= settled.absentCount(start, Math.min(to, frame.header.endSequence()));
      if (frame.live == 0) {
        touched.remove();
        lostLife(frame.segment, frame.header.totalBytes());
      }
    }
    long taken = settled.add(from, to);
    changed = true;
    sweep();
    return taken;
  }

  /**
   * Takes bytes that hold no record any more, of frames that were never opened, off the backlog.
   */
  synchronized void passed(Segment segment, long bytes) {
    lostLife(segment, bytes);
  }

  /**
   * @return how many records that took
   */
  synchronized int acknowledge(LeasedRecords lease, long from, long to) {
    if (lease.held == 0) {
      return 0;
    }
    int taken = (int) settleNumbers(from, to);
    lease.held -= taken;
    leasedRecords -= taken;
    if (lease.held == 0) {
      leases.remove(lease);
    }
    return taken;
  }

  synchronized boolean release(LeasedRecords lease) {
    if (lease.held == 0 || !leases.remove(lease)) {
      return false;
    }
    leasedRecords -= lease.held;
    lease.held = 0;
    long first = lease.firstSequence();
    makeReady(lease.frame, first, first + lease.count());
    return true;
  }

  // ---- reading ------------------------------------------------------------------------------

  /**
   * Where the next record to read lies.
   *
   * @param segment that should hold it; null when the file that did is gone
   * @param sequence number of the record
   * @param readableEnd of the segment
   * @param end the sequence number at which the next segment begins
   * @param next that segment, null when there is none yet
   */
  record Place(
      @Nullable Segment segment,
      long sequence,
      long readableEnd,
      long end,
      @Nullable Segment next) {}

  /** The place of the first record that is neither settled nor was read, or null. */
  synchronized @Nullable Place firstUnread() {
    if (settled.rangeCount() >= MAX_SETTLED_RANGES && leasedRecords > 0) {
      return null;
    }
    unread = settled.firstAbsent(unread);
    if (unread >= next) {
      return null;
    }
    Map.Entry<Long, Segment> segment = segments.floorEntry(unread);
    Map.Entry<Long, Segment> following = segments.higherEntry(unread);
    return new Place(
        segment == null ? null : segment.getValue(),
        unread,
        segment == null ? 0 : segment.getValue().readableEnd,
        following == null ? next : following.getKey(),
        following == null ? null : following.getValue());
  }

  synchronized void unreadSince(long millis) {
    unreadMillis = millis;
  }

  /** A frame was read: what is not settled of it becomes ready. */
  synchronized void opened(FrameReference frame) {
    long first = frame.header.firstSequence();
    long end = frame.header.endSequence();
    frame.live = settled.absentCount(first, end);
    unread = Math.max(unread, end);
    if (frame.live > 0) {
      frames.put(first, frame);
      makeReady(frame, first, end);
    }
  }

  private void makeReady(FrameReference frame, long from, long to) {
    settled.forEachAbsent(
        from, to, (start, end) -> ready.put(start, new ReadyRange(frame, start, end)));
  }

  synchronized @Nullable ReadyRange firstReady() {
    Map.Entry<Long, ReadyRange> first = ready.firstEntry();
    return first == null ? null : first.getValue();
  }

  /** Leases the front of a ready range, if it is still there. */
  synchronized @Nullable LeasedRecords lease(
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

  synchronized boolean hasReady() {
    if (!ready.isEmpty()) {
      return true;
    }
    boolean mayRead = settled.rangeCount() < MAX_SETTLED_RANGES || leasedRecords == 0;
    return mayRead && settled.firstAbsent(unread) < next;
  }

  // ---- pictures -----------------------------------------------------------------------------

  synchronized boolean hasChanged() {
    return changed;
  }

  /** What the state file should hold now. */
  synchronized QueueState snapshot() {
    changed = false;
    List<QueueState.Range> ranges = new ArrayList<>();
    settled.forEachRange((from, to) -> ranges.add(new QueueState.Range(from, to)));
    List<QueueState.LiveBytes> live = new ArrayList<>();
    for (Segment segment : segments.values()) {
      long frames = segment.readableEnd - SegmentHeader.BYTES;
      if (segment.liveBytes > 0 && segment.liveBytes < frames) {
        live.add(new QueueState.LiveBytes(segment.first, segment.liveBytes, segment.readableEnd));
      }
    }
    return new QueueState(epoch, next, reservedSequence, settled.frontier(), ranges, live);
  }

  synchronized void unsaved() {
    changed = true;
  }

  synchronized long records() {
    return next - settled.frontier() - settled.beyond();
  }

  synchronized boolean diskFailing(boolean failing) {
    boolean before = diskFailing;
    diskFailing = failing;
    return before;
  }

  synchronized QueueStatistics statistics() {
    long records = records();
    Map.Entry<Long, FrameReference> oldest = frames.firstEntry();
    long since = oldest == null ? unreadMillis : oldest.getValue().header.appendedAtMillis();
    return new QueueStatistics(
        records,
        records == 0 ? 0 : liveBytes,
        otherBytes + segmentFileBytes,
        maxBytes,
        segments.size(),
        next,
        settled.frontier(),
        leasedRecords,
        records == 0 ? 0 : since,
        diskFailing);
  }
}
