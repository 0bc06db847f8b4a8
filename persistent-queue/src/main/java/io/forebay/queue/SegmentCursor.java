package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a scan stands: in which segment, and at which frame of it. Not safe for concurrent use. */
final class SegmentCursor implements Closeable {

  private final Storage storage;
  private @Nullable SegmentReader reader;
  private @Nullable SalvagingFile salvaged;
  private long passedBytes;

  /** First number of the segment that it stands in, or stood in last. */
  long segment;

  /** Where the next frame begins. */
  long offset;

  /** Bytes beyond it are not looked at. */
  long limit;

  /**
   * @param before the first segment to be opened has a higher number
   */
  SegmentCursor(Storage storage, long before) {
    this.storage = storage;
    this.segment = before;
  }

  boolean isOpen() {
    return reader != null;
  }

  /**
   * Opens a segment at its first frame; or anew, where it stands in it already: nothing that was
   * read before may hide what was written since.
   *
   * @param maxBytes bound on what is looked at
   * @throws java.nio.file.NoSuchFileException when it is gone; none is open then
   */
  void open(long first, long maxBytes) throws IOException {
    close();
    StorageFile file = storage.open(SegmentHeader.fileName(first));
    SalvagingFile readable = new SalvagingFile(file);
    salvaged = readable;
    reader = new SegmentReader(storage, readable);
    limit = Math.min(file.size(), maxBytes);
    if (first != segment) {
      segment = first;
      offset = SegmentHeader.BYTES;
    }
  }

  SegmentReader reader() {
    SegmentReader open = reader;
    if (open == null) {
      throw new IllegalStateException("no segment is open");
    }
    return open;
  }

  /** What is wrong with the bytes from the offset on: that the disk cannot read them, or else. */
  String unsound(long bytes, String otherwise) {
    SalvagingFile file = salvaged;
    IOException failure = file == null ? null : file.failure(offset, offset + bytes);
    return failure == null ? otherwise : Damage.UNREADABLE + " (" + failure.getMessage() + ")";
  }

  /** Nothing more of the segment is wanted. */
  void pass() throws IOException {
    passedBytes += limit;
    close();
  }

  /** Bytes of all segments that were passed, and of this one up to the offset. */
  long bytesRead() {
    return passedBytes + (reader == null ? 0 : offset);
  }

  Path file() {
    return storage.path(SegmentHeader.fileName(segment));
  }

  @Override
  public void close() throws IOException {
    SegmentReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
