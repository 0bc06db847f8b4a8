package io.forebay.source.line;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds line feeds eight bytes at a time: looking at every byte would be most of the work of a fast
 * receiver.
 */
public final class LineFeeds {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private LineFeeds() {}

  /**
   * Index of the first line feed in {@code [from, to)}, or -1.
   *
   * @throws IndexOutOfBoundsException when the range lies outside the array
   */
  public static int indexOf(byte[] bytes, int from, int to) {
    int i = from;
    // Four words at a time where there is no line feed, which is nearly everywhere in long lines.
    for (int last = to - 4 * Long.BYTES; i <= last; i += 4 * Long.BYTES) {
      if ((marks(bytes, i)
              | marks(bytes, i + Long.BYTES)
              | marks(bytes, i + 2 * Long.BYTES)
              | marks(bytes, i + 3 * Long.BYTES))
          != 0) {
        break;
      }
    }
    for (int last = to - Long.BYTES; i <= last; i += Long.BYTES) {
      long found = marks(bytes, i);
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /**
   * The high bit of each byte that is a line feed; the lowest is right, higher ones may be wrong.
   */
  private static long marks(byte[] bytes, int index) {
    long word = (long) WORDS.get(bytes, index) ^ LINE_FEEDS;
    return (word - LOW_BITS) & ~word & HIGH_BITS;
  }
}
