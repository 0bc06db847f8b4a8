package io.forebay.queue;

import java.util.ArrayList;
import java.util.List;
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
  private final SegmentTable segments = new SegmentTable();
  private final OpenFrames frames;
  private final long maxBytes;
  private final long epoch;

  private long next;
  private long reservedSequence;
  private long unread;
  private long unreadMillis;
  private long otherBytes;
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
    this.frames = new OpenFrames(settled, segments);
    this.next = next;
    this.reservedSequence = state.reservedSequence();
    this.unread = state.frontier();
    state.settled().forEach(range -> settled.add(range.from(), range.to()));
  }

  synchronized void addSegment(Segment segment) {
    segments.add(segment);
    sweep();
  }

  synchronized void resized(Segment segment, long fileBytes) {
    segments.resized(segment, fileBytes);
  }

  synchronized void seal(Segment segment) {
    segment.sealed = true;
  }

  synchronized void removed(Segment segment) {
    segments.remove(segment);
  }

  synchronized void otherBytesChanged(long difference) {
    otherBytes += difference;
  }

  synchronized long freeBytes() {
    return maxBytes - otherBytes - segments.fileBytes();
  }

  synchronized long segmentFileBytes() {
    return segments.fileBytes();
  }

  synchronized @Nullable Segment oldestSegment() {
    return segments.oldest();
  }

  /** The sealed segments whose every number is settled and lies below {@code limit}. */
  synchronized List<Segment> deadSegments(long limit) {
    List<Segment> dead = new ArrayList<>();
    for (Segment segment : segments.all()) {
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
    Segment following = segments.after(segment.first);
    return following == null ? next : following.first;
  }

  /** Nothing lives in segments below the frontier, whatever damage made of the sums. */
  private void sweep() {
    for (Segment segment : segments.all()) {
      if (end(segment) > settled.frontier()) {
        break;
      }
      segments.lostLife(segment, segment.liveBytes);
    }
  }

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
    segments.readable(segment, end);
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

  /**
   * Settles {@code from <= n < to}, whoever holds them.
   *
   * @return how many records that took
   */
  synchronized long settle(long from, long to) {
    if (from >= to) {
      return 0;
    }
    frames.withdraw(from, to);
    return settleNumbers(from, to);
  }

  private long settleNumbers(long from, long to) {
    long taken = frames.settle(from, to);
    changed = true;
    sweep();
    return taken;
  }

  /**
   * Takes bytes that hold no record any more, of frames that were never opened, off the backlog.
   */
  synchronized void passed(Segment segment, long bytes) {
    segments.lostLife(segment, bytes);
  }

  /**
   * @return how many records that took
   */
  synchronized int acknowledge(LeasedRecords lease, long from, long to) {
    if (lease.held == 0) {
      return 0;
    }
    int taken = (int) settleNumbers(from, to);
    frames.acknowledged(lease, taken);
    return taken;
  }

  synchronized boolean release(LeasedRecords lease) {
    return frames.release(lease);
  }

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
    if (settled.rangeCount() >= MAX_SETTLED_RANGES && frames.leasedRecords() > 0) {
      return null;
    }
    unread = settled.firstAbsent(unread);
    if (unread >= next) {
      return null;
    }
    Segment holder = segments.holding(unread);
    Segment following = segments.after(unread);
    return new Place(
        holder,
        unread,
        holder == null ? 0 : holder.readableEnd,
        following == null ? next : following.first,
        following);
  }

  synchronized void unreadSince(long millis) {
    unreadMillis = millis;
  }

  /** A frame was read: what is not settled of it becomes ready. */
  synchronized void opened(FrameReference frame) {
    unread = Math.max(unread, frame.header.endSequence());
    frames.opened(frame);
  }

  synchronized @Nullable ReadyRange firstReady() {
    return frames.firstReady();
  }

  /** Leases the front of a ready range, if it is still there. */
  synchronized @Nullable LeasedRecords lease(
      LeasedRecords.Owner owner, ReadyRange range, DecodedFrame records, int count) {
    return frames.lease(owner, range, records, count);
  }

  synchronized boolean hasReady() {
    if (frames.firstReady() != null) {
      return true;
    }
    boolean mayRead = settled.rangeCount() < MAX_SETTLED_RANGES || frames.leasedRecords() == 0;
    return mayRead && settled.firstAbsent(unread) < next;
  }

  synchronized boolean hasChanged() {
    return changed;
  }

  /** What the state file should hold now. */
  synchronized QueueState snapshot() {
    changed = false;
    List<QueueState.Range> ranges = new ArrayList<>();
    settled.forEachRange((from, to) -> ranges.add(new QueueState.Range(from, to)));
    return new QueueState(
        epoch, next, reservedSequence, settled.frontier(), ranges, segments.partlyLive());
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
    Long oldest = frames.oldestMillis();
    long since = oldest == null ? unreadMillis : oldest;
    return new QueueStatistics(
        records,
        records == 0 ? 0 : segments.liveBytes(),
        otherBytes + segments.fileBytes(),
        maxBytes,
        segments.size(),
        next,
        settled.frontier(),
        frames.leasedRecords(),
        records == 0 ? 0 : since,
        diskFailing);
  }
}
