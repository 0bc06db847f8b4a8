package io.forebay.source.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * The bytes just before a cursor. Many files begin alike (a banner, a header), and the number of a
 * deleted file is soon given to another: a cursor is trusted only where these bytes are the same,
 * too.
 *
 * @param length bytes that the checksum covers, 0 when nothing is known
 * @param crc32c their checksum
 */
record Tail(int length, int crc32c) {

  static final Tail UNKNOWN = new Tail(0, 0);

  static final int MAX_LENGTH = 256;

  /** The tail of bytes that end at {@code end} and begin at 0 or before. */
  static Tail of(byte[] bytes, int end) {
    int length = Math.min(end, MAX_LENGTH);
    return new Tail(length, checksum(bytes, end - length, length));
  }

  /** Whether the file has these bytes before the offset. */
  boolean isBefore(long offset, FileChannel channel) throws IOException {
    if (length > offset) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset - length + buffer.position()) <= 0) {
        return false;
      }
    }
    return checksum(buffer.array(), 0, length) == crc32c;
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
