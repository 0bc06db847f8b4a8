package io.forebay.source.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Finds where the last line of a file begins. */
final class LastLine {

  private static final int SEARCHED_BYTES = 64 * 1024;

  private LastLine() {}

  /**
   * Offset behind the last line feed, so that a line that is being written is read whole; the end
   * of the file when there is none in its last 64 KiB, its beginning when it has not even these.
   */
  static long start(FileChannel channel) throws IOException {
    long size = channel.size();
    long from = Math.max(0, size - SEARCHED_BYTES);
    ByteBuffer buffer = ByteBuffer.allocate((int) (size - from));
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
      // A read may give less than was asked for.
    }
    for (int i = buffer.position() - 1; i >= 0; i--) {
      if (buffer.get(i) == '\n') {
        return from + i + 1;
      }
    }
    return from == 0 ? 0 : size;
  }
}
