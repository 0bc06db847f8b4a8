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
  private final Consumer<Damage> damages;
  private final long newestAtStart;
  private final long newestBytesAtStart;
  private final long toldAtStart;
  private final long totalBytes;

  private @Nullable SegmentReader reader;
  private long segment = -1;
  private long offset;
  private long limit;
  private long sequence;
  private long secondLookAt = -1;
  private boolean headerUnsound;
  private boolean ended;
  private long passedBytes;
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
    this.damages = damages;
    this.view = new DirectoryView(storage);
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
    segment = begin == null ? -1 : begin - 1;
    totalBytes =
        view.segments().tailMap(segment, false).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The next frame that holds a wanted record, or null at the end of what is there. With {@link
   * ScanOptions#follow} it may be asked again later.
   */
  public @Nullable StoredFrame next() throws IOException {
    while (!ended) {
      SegmentReader open = reader;
      if (open == null) {
        open = openNext();
        if (open == null) {
          end();
          return null;
        }
      }
      FrameHeader header = open.header(offset, limit);
      long end = end(segment);
      if (sequence >= end) {
        closeSegment();
      } else if (header == null || (header.endSequence() > end && header.firstSequence() < end)) {
        if (!passUnsound(end)) {
          end();
          return null;
        }
      } else if (header.endSequence() <= sequence) {
        offset += header.totalBytes();
      } else if (header.firstSequence() > sequence) {
        long to = Math.min(header.firstSequence(), end);
        lose(sequence, to, file(), offset, 0, "frames before this one are missing");
      } else if (unwanted(header)) {
        sequence = header.endSequence();
        offset += header.totalBytes();
      } else {
        ByteBuffer body = open.body(header, offset, limit);
        DecodedFrame records = body == null ? null : DecodedFrame.decode(header, body);
        if (records != null) {
          tellOfHeader();
          sequence = header.endSequence();
          offset += header.totalBytes();
          return new StoredFrame(header, records, view.settled());
        }
        if (!passBadBody(header, end)) {
          end();
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
    return passedBytes + (reader == null ? 0 : offset);
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

  // ---- from segment to segment --------------------------------------------------------------

  /** Opens the next segment that may hold a wanted record; null when there is none yet. */
  private @Nullable SegmentReader openNext() throws IOException {
    boolean lookedAgain = false;
    while (true) {
      Long next = view.segments().higherKey(segment);
      if (next == null || (!options.follow() && next > newestAtStart)) {
        if (!options.follow() || lookedAgain) {
          return null;
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
      try {
        SegmentReader opened = open(next);
        sequence = Math.max(sequence, next);
        return opened;
      } catch (NoSuchFileException e) {
        view.refresh(); // the next one shows whether records went with it
      }
    }
  }

  private SegmentReader open(long first) throws IOException {
    String name = SegmentHeader.fileName(first);
    StorageFile file = storage.open(name);
    SegmentReader opened = new SegmentReader(storage, file);
    try {
      limit =
          !options.follow() && first == newestAtStart
              ? Math.min(file.size(), newestBytesAtStart)
              : file.size();
      headerUnsound = limit >= SegmentHeader.BYTES && view.header(first) == null;
      if (first != segment) {
        offset = SegmentHeader.BYTES;
        segment = first;
        secondLookAt = -1;
      }
      reader = opened;
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void closeSegment() throws IOException {
    SegmentReader open = reader;
    reader = null;
    passedBytes += limit;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Reads the file anew: nothing that a window holds may hide what was written since. Where it is
   * gone, none is open afterwards.
   */
  private void reopen() throws IOException {
    SegmentReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
    try {
      open(segment);
    } catch (NoSuchFileException e) {
      view.refresh();
    }
  }

  private boolean isNewest() {
    return options.follow() ? view.segments().higherKey(segment) == null : segment >= newestAtStart;
  }

  /** From where on the numbers are another segment's, or nobody's. */
  private long end(long first) throws IOException {
    Long following = isNewest() ? null : view.segments().higherKey(first);
    return following == null ? Long.MAX_VALUE : view.resumedFrom(following);
  }

  // ---- what is not sound --------------------------------------------------------------------

  /** There is no sound frame at the offset; false when it is the end of what is there. */
  private boolean passUnsound(long end) throws IOException {
    if (isNewest() && lookAgain()) {
      return true;
    }
    SegmentReader open = current();
    long found = open.find(offset + 1, limit, sequence, end);
    FrameHeader header = found < 0 ? null : open.header(found, limit);
    if (header == null && isNewest()) {
      tailBytes = Math.max(0, limit - offset);
      return false;
    }
    long until = header == null ? limit : found;
    long to = header == null ? end : header.firstSequence();
    lose(sequence, to, file(), offset, Math.max(0, until - offset), "there is no sound frame");
    offset = until;
    if (header == null) {
      closeSegment();
    }
    return true;
  }

  /** The body of the frame is not what its header says; false when it is a torn tail. */
  private boolean passBadBody(FrameHeader header, long end) throws IOException {
    if (isNewest()) {
      if (lookAgain()) {
        return true;
      }
      long after = offset + header.totalBytes();
      if (current().find(after, limit, header.endSequence(), end) < 0) {
        tailBytes = limit - offset;
        return false;
      }
    }
    lose(
        sequence,
        header.endSequence(),
        file(),
        offset,
        header.totalBytes(),
        "the checksum of a frame does not fit");
    offset += header.totalBytes();
    return true;
  }

  /** Reads what may have changed since; false when that was done at this place already. */
  private boolean lookAgain() throws IOException {
    long seen = limit;
    if (options.follow()) {
      view.refresh();
      reopen();
      if (reader == null || limit > seen || !isNewest()) {
        return true;
      }
    }
    if (secondLookAt == offset || offset == limit) {
      return false;
    }
    secondLookAt = offset;
    try {
      Thread.sleep(SECOND_LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    reopen();
    return true;
  }

  private SegmentReader current() {
    SegmentReader open = reader;
    if (open == null) {
      throw new IllegalStateException("no segment is open");
    }
    return open;
  }

  private Path file() {
    return storage.path(SegmentHeader.fileName(segment));
  }

  private void tellOfHeader() {
    if (headerUnsound) {
      headerUnsound = false;
      damages.accept(
          new Damage(
              file(),
              0,
              SegmentHeader.BYTES,
              sequence,
              sequence,
              0,
              "the segment header is damaged; its frames are read"));
    }
  }

  /** Goes on at {@code to}, and tells of it unless numbers alone are missing that are settled. */
  private void lose(long from, long to, Path where, long at, long bytes, String what)
      throws IOException {
    sequence = to;
    long undelivered = view.settled().absentCount(from, to);
    if (undelivered > 0 && bytes == 0) {
      view.refresh();
      undelivered = view.settled().absentCount(from, to);
    }
    if (undelivered > 0 || bytes > 0) {
      damages.accept(new Damage(where, at, bytes, from, to, undelivered, what));
    }
  }

  /** The end of a scan that does not follow: what the state tells of must have been there. */
  private void end() throws IOException {
    if (options.follow()) {
      return;
    }
    ended = true;
    if (sequence < toldAtStart) {
      Path where = segment < 0 ? storage.path("") : file();
      boolean lost = view.settled().absentCount(sequence, toldAtStart) > 0;
      long bytes = lost ? tailBytes : 0;
      lose(sequence, toldAtStart, where, offset, bytes, "records at the end are missing");
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    SegmentReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
