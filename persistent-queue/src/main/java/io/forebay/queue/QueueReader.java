package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames in order, each once, and those given back again. What is damaged or missing is
 * skipped and counted. One thread at a time; the others wait.
 */
final class QueueReader implements Closeable {

  private final Storage storage;
  private final Ledger ledger;
  private final Losses losses;
  private final SegmentHeads heads;
  private final Clock clock;
  private final long maxAgeMillis;

  private @Nullable Segment segment;
  private @Nullable SegmentReader file;
  private long offset;
  private @Nullable DecodedFrame decoded;

  /**
   * @param maxAgeMillis older records are dropped; {@link Long#MAX_VALUE} for no limit
   */
  QueueReader(Storage storage, Ledger ledger, Losses losses, Clock clock, long maxAgeMillis) {
    this.storage = storage;
    this.ledger = ledger;
    this.losses = losses;
    this.heads = new SegmentHeads(storage, ledger, losses);
    this.clock = clock;
    this.maxAgeMillis = maxAgeMillis;
  }

  synchronized @Nullable Lease lease(LeasedRecords.Owner owner, int maxRecords, int maxBytes)
      throws IOException {
    while (true) {
      ReadyRange range = ledger.firstReady();
      if (range == null) {
        if (!advance(false)) {
          return null;
        }
      } else if (expired(range.frame().header)) {
        expire(range.frame().header, range.from(), range.to());
      } else {
        DecodedFrame records = records(range);
        if (records != null) {
          int count = fitting(records, range, maxRecords, maxBytes);
          Lease lease = ledger.lease(owner, range, records, count);
          if (lease != null) {
            return lease;
          }
        }
      }
    }
  }

  /** Looks at the next frame without reading it, and drops what is older than the limit. */
  synchronized void dropExpired() throws IOException {
    ReadyRange range = ledger.firstReady();
    while (range != null && expired(range.frame().header)) {
      expire(range.frame().header, range.from(), range.to());
      range = ledger.firstReady();
    }
    advance(true);
  }

  private static int fitting(DecodedFrame records, ReadyRange range, int maxRecords, int maxBytes) {
    int first = (int) (range.from() - records.firstSequence());
    int limit = first + (int) Math.min(maxRecords, range.to() - range.from());
    int[] offsets = records.offsets();
    int end = first + 1;
    while (end < limit && offsets[end + 1] - offsets[first] <= maxBytes) {
      end++;
    }
    return end - first;
  }

  private boolean expired(FrameHeader header) {
    return maxAgeMillis != Long.MAX_VALUE
        && clock.millis() - header.appendedAtMillis() > maxAgeMillis;
  }

  private void expire(FrameHeader header, long from, long to) {
    long records = ledger.settle(from, to);
    losses.dropped(DropReason.MAX_AGE, records, records * header.payloadBytes() / header.count());
  }

  /**
   * Reads the next frame that holds an unsettled record.
   *
   * @param headerOnly stop before its body and stay there
   * @return false when there is none
   */
  private boolean advance(boolean headerOnly) throws IOException {
    while (true) {
      Place place = ledger.firstUnread();
      if (place == null) {
        return false;
      }
      Segment following = place.next();
      long end =
          following == null ? place.end() : Math.min(place.end(), heads.resumedFrom(following));
      Segment holder = place.segment();
      if (place.sequence() >= end) {
        ledger.settle(place.sequence(), place.end()); // these were never a record's
      } else if (holder == null) {
        loseMissing(place.sequence(), end);
      } else {
        SegmentReader reader = open(holder);
        if (reader == null) {
          loseMissing(place.sequence(), end);
        } else if (step(reader, holder, place, end, headerOnly)) {
          return true;
        }
      }
    }
  }

  private boolean step(
      SegmentReader reader, Segment holder, Place place, long end, boolean headerOnly)
      throws IOException {
    try {
      FrameHeader header = reader.header(offset, place.readableEnd());
      if (header == null || (header.endSequence() > end && header.firstSequence() < end)) {
        skipDamage(reader, holder, place, end);
      } else if (header.endSequence() <= place.sequence()) {
        offset += header.totalBytes();
      } else if (header.firstSequence() > place.sequence()) {
        long to = Math.min(header.firstSequence(), end);
        lose(place.sequence(), to, holder, offset, 0, "frames before this one are missing");
      } else if (expired(header)) {
        expire(header, place.sequence(), header.endSequence());
        ledger.passed(holder, header.totalBytes());
        offset += header.totalBytes();
      } else {
        ledger.unreadSince(header.appendedAtMillis());
        if (headerOnly) {
          return true;
        }
        ByteBuffer body = reader.body(header, offset, place.readableEnd());
        DecodedFrame records = body == null ? null : DecodedFrame.decode(header, body);
        long at = offset;
        offset += header.totalBytes();
        if (records != null) {
          decoded = records;
          ledger.opened(new FrameReference(holder, at, header));
          return true;
        }
        lose(
            place.sequence(),
            header.endSequence(),
            holder,
            at,
            header.totalBytes(),
            "the checksum of a frame does not fit");
      }
      return false;
    } catch (IOException e) {
      if (passSettled(holder, place, end)) {
        return false;
      }
      closeFile();
      throw e;
    }
  }

  /** Goes on behind what the disk cannot read, where only settled records lie in it. */
  private boolean passSettled(Segment holder, Place place, long end) throws IOException {
    long found =
        SegmentReader.behindUnreadable(
            storage, holder, offset + 1, place.readableEnd(), place.sequence(), end);
    offset = Math.max(offset, found);
    return found >= 0;
  }

  /** There is no sound frame at the offset: goes to the next one of the segment, or to its end. */
  private void skipDamage(SegmentReader reader, Segment holder, Place place, long end)
      throws IOException {
    long readableEnd = place.readableEnd();
    long found = reader.find(offset + 1, readableEnd, place.sequence(), end);
    FrameHeader header = found < 0 ? null : reader.header(found, readableEnd);
    long until = header == null ? readableEnd : found;
    long bytes = Math.max(0, until - offset);
    long to = header == null ? end : header.firstSequence();
    lose(place.sequence(), to, holder, offset, bytes, Losses.unsound(bytes));
    offset = until;
  }

  /** Counts and reports records that cannot be read, once: not when an earlier life did. */
  private void lose(long from, long to, Segment holder, long at, long bytes, String what) {
    long records = ledger.settle(from, to);
    if (records > 0) {
      losses.lost(holder, at, bytes, what, from, to, records);
      ledger.passed(holder, bytes);
    }
  }

  private void loseMissing(long from, long to) {
    losses.missing(from, to, ledger.settle(from, to));
  }

  /** Puts the cursor into the segment; null when its file is gone. */
  private @Nullable SegmentReader open(Segment wanted) throws IOException {
    SegmentReader current = file;
    if (current != null && segment == wanted) {
      return current;
    }
    closeFile();
    try {
      SegmentReader opened = new SegmentReader(storage, storage.open(wanted.name()));
      file = opened;
      segment = wanted;
      offset = SegmentHeader.BYTES;
      return opened;
    } catch (NoSuchFileException e) {
      DirectoryGuard.check(storage);
      losses.damaged(wanted, 0, 0, "the segment file is gone");
      ledger.removed(wanted);
      return null;
    }
  }

  /** The records of a ready range, from memory or read again; null when they are lost. */
  private @Nullable DecodedFrame records(ReadyRange range) throws IOException {
    DecodedFrame current = decoded;
    FrameReference frame = range.frame();
    if (current != null && current.firstSequence() == frame.header.firstSequence()) {
      return current;
    }
    DecodedFrame records = null;
    long limit = frame.offset + frame.header.totalBytes();
    try (SegmentReader reader = new SegmentReader(storage, storage.open(frame.segment.name()))) {
      ByteBuffer body = reader.body(frame.header, frame.offset, limit);
      records = body == null ? null : DecodedFrame.decode(frame.header, body);
    } catch (NoSuchFileException e) {
      DirectoryGuard.check(storage);
      records = null; // deleted by the overflow policy in this moment, or by a stranger
    }
    if (records == null) {
      long lost = ledger.settle(range.from(), range.to());
      if (lost > 0) {
        losses.damaged(
            frame.segment, frame.offset, frame.header.totalBytes(), "a frame can be read no more");
        losses.dropped(DropReason.DAMAGED, lost, 0);
      }
    }
    decoded = records;
    return records;
  }

  private void closeFile() throws IOException {
    SegmentReader current = file;
    file = null;
    segment = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    decoded = null;
    closeFile();
  }
}
