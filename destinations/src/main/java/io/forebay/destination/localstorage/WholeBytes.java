package io.forebay.destination.localstorage;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Finds how much of a part file is whole: up to the end of the last gzip member or zstd frame whose
 * checksum holds, or the last line feed. Reads in bounded memory.
 */
final class WholeBytes {

  private static final int WINDOW_BYTES = 64 << 10;

  private WholeBytes() {}

  static long count(FileChannel file, ArchiveCompression compression) throws IOException {
    return switch (compression) {
      case UNCOMPRESSED -> lines(file);
      case GZIP -> chain(file, GzipMember::end);
      case ZSTD -> chain(file, ZstdFrame::end);
    };
  }

  /** Where a member or frame ends, given where it begins; the beginning when it is not whole. */
  private interface Link {
    long end(FileChannel file, long start) throws IOException;
  }

  private static long chain(FileChannel file, Link link) throws IOException {
    long whole = 0;
    long next = link.end(file, 0);
    while (next > whole) {
      whole = next;
      next = link.end(file, whole);
    }
    return whole;
  }

  private static long lines(FileChannel file) throws IOException {
    long end = file.size();
    byte[] window = new byte[WINDOW_BYTES];
    while (end > 0) {
      int length = (int) Math.min(window.length, end);
      PartBytes.read(file, end - length, window, length);
      for (int i = length - 1; i >= 0; i--) {
        if (window[i] == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }
}
