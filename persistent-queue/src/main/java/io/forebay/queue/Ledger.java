package io.forebay.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All bookkeeping of a queue in memory, under one lock that is never held while the disk works:
 * which segments there are, which sequence numbers are settled, ready and leased, and how many
 * bytes lie where. A number is <em>settled</em> once it is acknowledged, dropped, or known to be no
 * record's; and when its record left the disk while it was leased, though it still counts as one of
 * the queue until the lease ends.
 */
final class Ledger {

  /** While anything is leased, no further frame is read once so many gaps wait to be closed. */
  static final int MAX_SETTLED_RANGES = 512;

  private final SequenceSet settled;
  private final SegmentTable segments = new SegmentTable();
  private final OpenFrames frames;
  final Reservation reservation;
  private final long maxBytes;
  private final long epoch;

  private long next;
  private long truncatedBelow;
  private long unread;
  private long unreadMillis;
  private long otherBytes;
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
    this.reservation = new Reservation(state.reservedSequence());
    this.truncatedBelow = state.truncatedBelow();
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
    return maxBytes - diskBytes();
  }

  /** Bytes of all files together. */
  synchronized long diskBytes() {
    return otherBytes + segments.fileBytes();
  }

  synchronized long segmentFileBytes() {
    return segments.fileBytes();
  }

  synchronized @Nullable Segment oldestSegment() {
    return segments.oldest();
  }

  synchronized @Nullable Segment segmentAfter(Segment segment) {
    return segments.after(segment.first);
  }

  /** The sealed segments whose every number is settled and lies below {@code limit}. */
  synchronized List<Segment> deadSegments(long limit) {
    return segments.dead(settled, next, limit);
  }

  synchronized boolean isSettled(Segment segment) {
    return settled.firstAbsent(segment.first) >= end(segment);
  }

  /** The sequence number at which the segment after this one begins, or will begin. */
  synchronized long end(Segment segment) {
    return segments.end(segment, next);
  }

  /** Nothing lives in segments below the frontier, whatever damage made of the sums. */
  private void sweep() {
    segments.sweep(settled.frontier(), next);
  }

  synchronized long next() {
    return next;
  }

  long epoch() {
    return epoch;
  }

  synchronized long truncatedBelow() {
    return truncatedBelow;
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
   * Settles {@code from <= n < to}. Records that are leased stay with their leases, and nowhere
   * else.
   *
   * @return how many records left the queue
   */
  synchronized long settle(long from, long to) {
    if (from >= to) {
      return 0;
    }
    long kept = frames.withdraw(from, to);
    return settleNumbers(from, to) - kept;
  }

  /**
   * Settles all up to the end of the segment, as {@link #settle}.
   *
   * @return the records that left the queue, and the bytes on disk that they had in the segment
   */
  synchronized Loss evict(Segment segment) {
    long bytes = segment.liveBytes;
    long leased = frames.leasedOnDisk();
    long end = end(segment);
    long lost = settle(0, end);
    long kept = leased - frames.leasedOnDisk();
    if (lost + kept > 0) {
      truncatedBelow = Math.max(truncatedBelow, end);
    }
    return new Loss(lost, lost == 0 ? 0 : bytes * lost / (lost + kept));
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
    long taken = lease.isEvicted() ? lease.endEvicted(from, to) : settleNumbers(from, to);
    frames.acknowledged(lease, taken);
    return (int) taken;
  }

  /** Makes the rest of a lease ready; false when it has ended, or its records left the disk. */
  synchronized boolean release(LeasedRecords lease) {
    return frames.release(lease);
  }

  /** Ends a lease whose records left the disk. */
  synchronized Loss giveUp(LeasedRecords lease) {
    return frames.giveUp(lease);
  }

  /** Ends all leases whose records left the disk. */
  synchronized Loss giveUpEvicted() {
    return frames.giveUpEvicted();
  }

  /** The place of the first record that is neither settled nor was read, or null. */
  synchronized @Nullable Place firstUnread() {
    if (!mayRead()) {
      return null;
    }
    unread = settled.firstAbsent(unread);
    if (unread >= next) {
      return null;
    }
    return segments.place(unread, next);
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
    return frames.firstReady() != null || (mayRead() && settled.firstAbsent(unread) < next);
  }

  private boolean mayRead() {
    return settled.rangeCount() < MAX_SETTLED_RANGES || frames.leasedOnDisk() == 0;
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
        epoch,
        next,
        reservation.sequence(),
        settled.frontier(),
        truncatedBelow,
        ranges,
        segments.partlyLive());
  }

  synchronized void unsaved() {
    changed = true;
  }

  synchronized QueueStatistics statistics(boolean diskFailing) {
    long onDisk = next - settled.frontier() - settled.beyond();
    Long oldest = frames.oldestMillis();
    long since = oldest == null ? unreadMillis : oldest;
    return new QueueStatistics(
        onDisk + frames.leasedRecords() - frames.leasedOnDisk(),
        // After damage the sum is an estimate, which must not say that nothing is there.
        onDisk == 0 ? 0 : Math.max(segments.liveBytes(), onDisk),
        diskBytes(),
        maxBytes,
        segments.size(),
        next,
        settled.frontier(),
        frames.leasedRecords(),
        onDisk == 0 ? 0 : since,
        diskFailing);
  }
}
