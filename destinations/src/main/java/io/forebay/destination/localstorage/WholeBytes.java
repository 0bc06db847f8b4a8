package io.forebay.destination.localstorage;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.forebay.destination.encoding.BodyCompression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Finds how much of a part file is whole: up to the end of the last gzip member or zstd frame whose
 * checksum holds, or the last line feed. Reads in bounded memory, save that a zstd frame (one
 * batch) is held whole.
 */
final class WholeBytes {

  private static final int WINDOW_BYTES = 64 << 10;
  private static final int GZIP_HEADER_BYTES = 10;
  private static final int GZIP_TRAILER_BYTES = 8;
  private static final int ZSTD_MAGIC = 0xfd2fb528;

  private WholeBytes() {}

  static long count(FileChannel file, BodyCompression compression) throws IOException {
    return switch (compression) {
      case UNCOMPRESSED -> lines(file);
      case GZIP -> members(file);
      case ZSTD -> frames(file);
    };
  }

  private static long lines(FileChannel file) throws IOException {
    long end = file.size();
    byte[] window = new byte[WINDOW_BYTES];
    while (end > 0) {
      int length = (int) Math.min(window.length, end);
      read(file, end - length, window, length);
      for (int i = length - 1; i >= 0; i--) {
        if (window[i] == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }

  private static long members(FileChannel file) throws IOException {
    long whole = 0;
    long next = member(file, 0);
    while (next > whole) {
      whole = next;
      next = member(file, whole);
    }
    return whole;
  }

  /** Where the member that begins at {@code start} ends, or {@code start} when it is not whole. */
  private static long member(FileChannel file, long start) throws IOException {
    long size = file.size();
    byte[] header = new byte[GZIP_HEADER_BYTES];
    if (size - start < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES
        || !read(file, start, header, header.length)
        || header[0] != 0x1f
        || header[1] != (byte) 0x8b
        || header[2] != 8
        || header[3] != 0) {
      return start;
    }
    byte[] window = new byte[WINDOW_BYTES];
    byte[] text = new byte[WINDOW_BYTES];
    CRC32 crc = new CRC32();
    long at = start + GZIP_HEADER_BYTES;
    Inflater inflater = new Inflater(true);
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int length = (int) Math.min(window.length, size - at);
          if (length == 0 || !read(file, at, window, length)) {
            return start;
          }
          inflater.setInput(window, 0, length);
          at += length;
        }
        crc.update(text, 0, inflater.inflate(text));
        if (inflater.needsDictionary()) {
          return start;
        }
      }
      long trailer = at - inflater.getRemaining();
      byte[] sums = new byte[GZIP_TRAILER_BYTES];
      if (size - trailer < sums.length || !read(file, trailer, sums, sums.length)) {
        return start;
      }
      boolean holds =
          littleEndian(sums, 0) == (int) crc.getValue()
              && littleEndian(sums, 4) == (int) inflater.getBytesWritten();
      return holds ? trailer + sums.length : start;
    } catch (DataFormatException e) {
      return start;
    } finally {
      inflater.end();
    }
  }

  private static long frames(FileChannel file) throws IOException {
    long whole = 0;
    long length = frame(file, whole);
    while (length > 0) {
      whole += length;
      length = frame(file, whole);
    }
    return whole;
  }

  /** Length of the whole frame at {@code start}, or 0. */
  private static long frame(FileChannel file, long start) throws IOException {
    long left = file.size() - start;
    byte[] magic = new byte[4];
    if (left < magic.length
        || !read(file, start, magic, magic.length)
        || littleEndian(magic, 0) != ZSTD_MAGIC) {
      return 0;
    }
    long window = WINDOW_BYTES;
    while (true) {
      int length = (int) Math.min(Math.min(window, left), Integer.MAX_VALUE - 8);
      byte[] bytes = new byte[length];
      if (!read(file, start, bytes, length)) {
        return 0;
      }
      int frame = frameLength(bytes, length);
      if (frame > 0) {
        return isWhole(bytes, frame) ? frame : 0;
      }
      if (length == left || length == Integer.MAX_VALUE - 8) {
        return 0;
      }
      window *= 2;
    }
  }

  /** Length of the frame at the beginning, or 0 when more bytes are needed to tell. */
  private static int frameLength(byte[] bytes, int length) {
    try {
      long frame = Zstd.findFrameCompressedSize(bytes, 0, length);
      return Zstd.isError(frame) ? 0 : (int) frame;
    } catch (ZstdException e) {
      return 0;
    }
  }

  private static boolean isWhole(byte[] bytes, int length) {
    long content = Zstd.getFrameContentSize(bytes, 0, length);
    if (content < 0 || content > Integer.MAX_VALUE - 8) {
      return false;
    }
    byte[] text = new byte[(int) content];
    try {
      return !Zstd.isError(Zstd.decompressByteArray(text, 0, text.length, bytes, 0, length));
    } catch (ZstdException e) {
      return false;
    }
  }

  private static boolean read(FileChannel file, long position, byte[] into, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int littleEndian(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | (bytes[at + 3] & 0xff) << 24;
  }
}
