package io.forebay.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments by first sequence number, and what their bytes sum to. Guarded by the ledger. */
final class SegmentTable {

  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private long fileBytes;
  private long liveBytes;

  /** Sum of the files' lengths. */
  long fileBytes() {
    return fileBytes;
  }

  /** Sum of the frames that hold a live record. */
  long liveBytes() {
    return liveBytes;
  }

  int size() {
    return segments.size();
  }

  /** The sequence number at which the segment after this one begins, or will begin. */
  long end(Segment segment, long next) {
    Segment following = after(segment.first);
    return following == null ? next : following.first;
  }

  /** The sealed segments whose every number is settled and lies below {@code limit}. */
  List<Segment> dead(SequenceSet settled, long next, long limit) {
    List<Segment> dead = new ArrayList<>();
    for (Segment segment : segments.values()) {
      if (segment.first >= limit) {
        break;
      }
      long end = end(segment, next);
      if (segment.sealed && end <= limit && settled.firstAbsent(segment.first) >= end) {
        dead.add(segment);
      } else if (settled.rangeCount() == 0 && end > settled.frontier()) {
        break;
      }
    }
    return dead;
  }

  /** Takes the life from segments that end at or below the frontier. */
  void sweep(long frontier, long next) {
    for (Segment segment : segments.values()) {
      if (end(segment, next) > frontier) {
        break;
      }
      lostLife(segment, segment.liveBytes);
    }
  }

  void add(Segment segment) {
    segments.put(segment.first, segment);
    fileBytes += segment.fileBytes;
    liveBytes += segment.liveBytes;
  }

  void remove(Segment segment) {
    if (segments.remove(segment.first, segment)) {
      fileBytes -= segment.fileBytes;
      lostLife(segment, segment.liveBytes);
    }
  }

  void resized(Segment segment, long bytes) {
    fileBytes += bytes - segment.fileBytes;
    segment.fileBytes = bytes;
  }

  /** More frames may be read, up to a new end. */
  void readable(Segment segment, long end) {
    long bytes = end - segment.readableEnd;
    segment.readableEnd = end;
    segment.liveBytes += bytes;
    liveBytes += bytes;
  }

  /** So many bytes of the segment hold no live record any more. */
  void lostLife(Segment segment, long bytes) {
    long lost = Math.min(bytes, segment.liveBytes);
    segment.liveBytes -= lost;
    liveBytes -= lost;
  }

  @Nullable Segment oldest() {
    Map.Entry<Long, Segment> entry = segments.firstEntry();
    return entry == null ? null : entry.getValue();
  }

  /** Where the record of the number is, the next number being {@code next}. */
  Place place(long sequence, long next) {
    Segment holder = holding(sequence);
    Segment following = after(sequence);
    return new Place(
        holder,
        sequence,
        holder == null ? 0 : holder.readableEnd,
        following == null ? next : following.first,
        following);
  }

  /** The segment that holds the record of the number, if any does. */
  private @Nullable Segment holding(long sequence) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(sequence);
    return entry == null ? null : entry.getValue();
  }

  @Nullable Segment after(long sequence) {
    Map.Entry<Long, Segment> entry = segments.higherEntry(sequence);
    return entry == null ? null : entry.getValue();
  }

  /** Segments of which some frames, not all, are live. */
  List<QueueState.LiveBytes> partlyLive() {
    List<QueueState.LiveBytes> live = new ArrayList<>();
    for (Segment segment : segments.values()) {
      long frames = segment.readableEnd - SegmentHeader.BYTES;
      if (segment.liveBytes > 0 && segment.liveBytes < frames) {
        live.add(new QueueState.LiveBytes(segment.first, segment.liveBytes, segment.readableEnd));
      }
    }
    return live;
  }
}
