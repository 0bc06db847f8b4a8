package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Finds and checks the frames of one segment file, through a window that is read ahead. Only bytes
 * below the limits that callers give are ever looked at; they must not change any more. Not safe
 * for concurrent use.
 */
final class SegmentReader implements Closeable {

  private static final int READ_AHEAD_BYTES = 512 * 1024;
  private static final int KEEP_BYTES = 4 * 1024 * 1024;

  private final Storage storage;
  private final StorageFile file;
  private ByteBuffer window;
  private long windowStart;

  SegmentReader(Storage storage, StorageFile file) {
    this.storage = storage;
    this.file = file;
    this.window = ByteBuffer.allocate(0);
  }

  /** The frame header at the offset, or null when there is no sound one of a frame that fits. */
  @Nullable FrameHeader header(long offset, long limit) throws IOException {
    if (limit - offset < FrameHeader.BYTES || !load(offset, FrameHeader.BYTES, limit)) {
      return null;
    }
    return FrameHeader.decode(window, at(offset), limit - offset);
  }

  /**
   * The body of the frame as stored, between the position and the limit of a buffer that holds
   * until the next call.
   *
   * @return null when its checksum does not fit
   */
  @Nullable ByteBuffer body(FrameHeader header, long offset, long limit) throws IOException {
    if (!load(offset, header.totalBytes(), limit)) {
      return null;
    }
    int start = at(offset) + FrameHeader.BYTES;
    if (FrameHeader.checksum(window, start, header.bodyBytes()) != header.bodyChecksum()) {
      return null;
    }
    return window.duplicate().limit(start + header.bodyBytes()).position(start);
  }

  /**
   * Looks for the next sound frame.
   *
   * @param from offset of the first byte that may begin it
   * @param minSequence its last sequence number must not be lower
   * @param endSequence its first sequence number must be lower
   * @return its offset, or -1
   */
  long find(long from, long limit, long minSequence, long endSequence) throws IOException {
    for (long offset = from; limit - offset >= FrameHeader.BYTES; offset++) {
      if (!load(offset, Integer.BYTES, limit)) {
        return -1;
      }
      if (window.getInt(at(offset)) == FrameHeader.MAGIC) {
        FrameHeader header = header(offset, limit);
        if (header != null
            && header.endSequence() > minSequence
            && header.firstSequence() < endSequence
            && body(header, offset, limit) != null) {
          return offset;
        }
      }
    }
    return -1;
  }

  /**
   * The offset of the frame that holds a record, behind a place of the segment that the disk cannot
   * read. -1 when there is none right behind it, so that this record may lie in that place, and may
   * be read another time.
   */
  static long behindUnreadable(
      Storage storage, Segment segment, long from, long limit, long sequence, long endSequence)
      throws IOException {
    try (SegmentReader reader =
        new SegmentReader(storage, new SalvagingFile(storage.open(segment.name())))) {
      long found = reader.find(from, limit, sequence, endSequence);
      FrameHeader header = found < 0 ? null : reader.header(found, limit);
      return header == null || header.firstSequence() > sequence ? -1 : found;
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  private int at(long offset) {
    return (int) (offset - windowStart);
  }

  /**
   * Brings {@code length} bytes at {@code offset} into the window; false when the file is short.
   */
  private boolean load(long offset, int length, long limit) throws IOException {
    long windowEnd = windowStart + window.limit();
    if (offset >= windowStart && offset + length <= windowEnd) {
      return true;
    }
    try {
      return fill(
          offset, length, (int) Math.min(limit - offset, Math.max(length, READ_AHEAD_BYTES)));
    } catch (IOException e) {
      // A place that cannot be read must not cost what lies before it.
      return fill(offset, length, length);
    }
  }

  private boolean fill(long offset, int length, int wanted) throws IOException {
    long windowEnd = windowStart + window.limit();
    ByteBuffer target = window;
    if (window.capacity() < wanted || (window.capacity() > KEEP_BYTES && wanted <= KEEP_BYTES)) {
      target = storage.buffer(wanted);
    }
    int kept = offset >= windowStart && offset < windowEnd ? (int) (windowEnd - offset) : 0;
    if (kept > 0) {
      ByteBuffer overlap = window.duplicate().position(at(offset));
      target.clear();
      target.put(overlap);
    }
    target.clear().limit(wanted).position(kept);
    window = target;
    windowStart = offset;
    int read = 0;
    try {
      read = file.read(target, offset + kept);
    } finally {
      target.limit(kept + read).position(0); // nothing that was not read is ever taken for content
    }
    return kept + read >= length;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
