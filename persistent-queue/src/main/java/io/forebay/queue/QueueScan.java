package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a queue from its files, in order, without its lock and without changing anything: safe
 * beside a running agent. Segments may vanish on the way and the last frame may still be written;
 * neither is taken for damage. Constant memory. Not safe for concurrent use; blocks on the disk.
 */
public final class QueueScan implements Closeable {

  /** A frame that seems unsound where a writer may be at work is looked at again after a moment. */
  private static final long SECOND_LOOK_MILLIS = 20;

  private final Storage storage;
  private final DirectoryView view;
  private final ScanOptions options;
  private final ScanLosses losses;
  private final long newestAtStart;
  private final long newestBytesAtStart;
  private final long toldAtStart;
  private final long totalBytes;

  private final SegmentCursor at;
  private long sequence;
  private long secondLookAt = -1;
  private boolean headerUnsound;
  private boolean ended;
  private long tailBytes;

  /**
   * Opens a directory for reading.
   *
   * @param damages told of each damage as it is met, on the calling thread
   * @throws java.nio.file.NoSuchFileException when there is no such directory
   * @throws QueueFormatException when a newer version wrote it
   */
  public QueueScan(Path directory, ScanOptions options, Consumer<Damage> damages)
      throws IOException {
    this(new ReadOnlyStorage(directory), options, damages);
  }

  QueueScan(Storage storage, ScanOptions options, Consumer<Damage> damages) throws IOException {
    this.storage = storage;
    this.options = options;
    this.view = new DirectoryView(storage);
    this.losses = new ScanLosses(view, damages);
    Map.Entry<Long, Long> newest = view.segments().lastEntry();
    newestAtStart = newest == null ? -1 : newest.getKey();
    newestBytesAtStart = newest == null ? 0 : newest.getValue();
    QueueState state = view.state();
    toldAtStart = state == null ? 0 : state.nextSequence();
    long first = view.settled().frontier();
    if (options.settledToo() && newest != null) {
      first = Math.min(first, view.segments().firstKey());
    }
    sequence = Math.max(first, options.fromSequence());
    if (!options.settledToo()) {
      sequence = view.settled().firstAbsent(sequence);
    }
    Long begin = view.segments().floorKey(sequence);
    at = new SegmentCursor(storage, begin == null ? -1 : begin - 1);
    totalBytes =
        view.segments().tailMap(at.segment, false).values().stream()
            .mapToLong(Long::longValue)
            .sum();
  }

  /**
   * The next frame that holds a wanted record, or null at the end of what is there. With {@link
   * ScanOptions#follow} it may be asked again later.
   */
  public @Nullable StoredFrame next() throws IOException {
    while (!ended) {
      if (!at.isOpen() && !openNext()) {
        finish();
        return null;
      }
      FrameHeader header = at.reader().header(at.offset, at.limit);
      long end = end();
      if (sequence >= end) {
        at.pass();
      } else if (header == null || (header.endSequence() > end && header.firstSequence() < end)) {
        if (!passUnsound(end)) {
          finish();
          return null;
        }
      } else if (header.endSequence() <= sequence) {
        at.offset += header.totalBytes();
      } else if (header.firstSequence() > sequence) {
        long to = Math.min(header.firstSequence(), end);
        lose(sequence, to, at.file(), at.offset, 0, "frames before this one are missing");
      } else if (unwanted(header)) {
        sequence = header.endSequence();
        at.offset += header.totalBytes();
      } else {
        ByteBuffer body = at.reader().body(header, at.offset, at.limit);
        DecodedFrame records = body == null ? null : DecodedFrame.decode(header, body);
        if (records != null) {
          if (headerUnsound) {
            headerUnsound = false;
            losses.header(at.file(), sequence);
          }
          sequence = header.endSequence();
          at.offset += header.totalBytes();
          return new StoredFrame(header, records, view.settled());
        }
        if (!passBadBody(header, end)) {
          finish();
          return null;
        }
      }
    }
    return null;
  }

  private boolean unwanted(FrameHeader header) {
    return header.appendedAtMillis() < options.sinceMillis()
        || (!options.settledToo() && view.settled().firstAbsent(sequence) >= header.endSequence());
  }

  /** Bytes read so far, of {@link #totalBytes}. */
  public long bytesRead() {
    return at.bytesRead();
  }

  /** Length of the segments when the scan began. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Bytes after the last sound frame: still being written, or torn off by a crash; no records. */
  public long tailBytes() {
    return tailBytes;
  }

  /** The number after the last that was read or passed. */
  public long sequence() {
    return sequence;
  }

  /** Opens the next segment that may hold a wanted record; false when there is none yet. */
  private boolean openNext() throws IOException {
    boolean lookedAgain = false;
    while (true) {
      Long next = view.segments().higherKey(at.segment);
      if (next == null || (!options.follow() && next > newestAtStart)) {
        if (!options.follow() || lookedAgain) {
          return false;
        }
        lookedAgain = true;
        view.refresh();
        continue;
      }
      long resumed = view.resumedFrom(next);
      if (sequence < resumed) {
        // First of all: the agent may have delivered and removed what lay between.
        lose(sequence, resumed, storage.path(""), 0, 0, "the segment of these records is gone");
      }
      if (open(next)) {
        sequence = Math.max(sequence, next);
        secondLookAt = -1;
        return true;
      }
    }
  }

  /** Opens a segment, or the one that is open anew; false when it is gone. */
  private boolean open(long first) throws IOException {
    try {
      boolean bounded = !options.follow() && first == newestAtStart;
      at.open(first, bounded ? newestBytesAtStart : Long.MAX_VALUE);
      headerUnsound = at.limit >= SegmentHeader.BYTES && view.header(first) == null;
      return true;
    } catch (NoSuchFileException e) {
      view.refresh(); // the next segment shows whether records went with it
      return false;
    }
  }

  private boolean isNewest() {
    return options.follow()
        ? view.segments().higherKey(at.segment) == null
        : at.segment >= newestAtStart;
  }

  /** From where on the numbers are another segment's, or nobody's. */
  private long end() throws IOException {
    Long following = isNewest() ? null : view.segments().higherKey(at.segment);
    return following == null ? Long.MAX_VALUE : view.resumedFrom(following);
  }

  /** There is no sound frame at the offset; false when it is the end of what is there. */
  private boolean passUnsound(long end) throws IOException {
    if (isNewest() && lookAgain()) {
      return true;
    }
    SegmentReader open = at.reader();
    long found = open.find(at.offset + 1, at.limit, sequence, end);
    FrameHeader header = found < 0 ? null : open.header(found, at.limit);
    if (header == null && isNewest()) {
      tailBytes = Math.max(0, at.limit - at.offset);
      return false;
    }
    long until = header == null ? at.limit : found;
    long to = header == null ? end : header.firstSequence();
    long bytes = Math.max(0, until - at.offset);
    String what = at.unsound(bytes, Losses.unsound(bytes));
    lose(sequence, to, at.file(), at.offset, bytes, what);
    at.offset = until;
    if (header == null) {
      at.pass();
    }
    return true;
  }

  /** The body of the frame is not what its header says; false when it is a torn tail. */
  private boolean passBadBody(FrameHeader header, long end) throws IOException {
    if (isNewest()) {
      if (lookAgain()) {
        return true;
      }
      long after = at.offset + header.totalBytes();
      if (at.reader().find(after, at.limit, header.endSequence(), end) < 0) {
        tailBytes = at.limit - at.offset;
        return false;
      }
    }
    lose(
        sequence,
        header.endSequence(),
        at.file(),
        at.offset,
        header.totalBytes(),
        at.unsound(header.totalBytes(), "the checksum of a frame does not fit"));
    at.offset += header.totalBytes();
    return true;
  }

  /** Reads what may have changed since; false when that was done at this place already. */
  private boolean lookAgain() throws IOException {
    long seen = at.limit;
    if (options.follow()) {
      view.refresh();
      if (!open(at.segment) || at.limit > seen || !isNewest()) {
        return true;
      }
    }
    if (secondLookAt == at.offset || at.offset == at.limit) {
      return false;
    }
    secondLookAt = at.offset;
    try {
      storage.awaitWriter(SECOND_LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    open(at.segment); // where it is gone, the next one is opened
    return true;
  }

  /** Goes on at {@code to}. */
  private void lose(long from, long to, Path where, long offset, long bytes, String what)
      throws IOException {
    sequence = to;
    losses.lost(from, to, where, offset, bytes, what);
  }

  /** The end of a scan that does not follow: what the state tells of must have been there. */
  private void finish() throws IOException {
    if (options.follow()) {
      return;
    }
    ended = true;
    if (sequence < toldAtStart) {
      Path where = at.segment < 0 ? storage.path("") : at.file();
      boolean lost = view.settled().absentCount(sequence, toldAtStart) > 0;
      long bytes = lost ? tailBytes : 0;
      lose(sequence, toldAtStart, where, at.offset, bytes, "records at the end are missing");
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    at.close();
  }
}
