package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Storage}. */
interface StorageFile extends Closeable {

  /** Writes all remaining bytes at the position. After a failure any part may have been written. */
  void write(ByteBuffer bytes, long position) throws IOException;

  /**
   * Reads until the buffer is full or the file ends.
   *
   * @return number of bytes read, 0 at or after the end
   */
  int read(ByteBuffer into, long position) throws IOException;

  /** Makes what was written to this file survive a crash. */
  void sync() throws IOException;

  /**
   * Whether the file's name still leads to it: it was neither removed nor replaced.
   *
   * @throws IOException where that cannot be found out
   */
  default boolean isInPlace() throws IOException {
    return true;
  }

  /** Length in bytes. */
  long size() throws IOException;
}
