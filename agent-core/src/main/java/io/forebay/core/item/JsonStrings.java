package io.forebay.core.item;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes JSON strings from UTF-8 bytes, telling bytes that are not UTF-8. */
final class JsonStrings {

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long SECOND_BITS = 0x0202020202020202L;
  private static final long QUOTES_AND_CONTROLS = 0x2121212121212121L;
  private static final long BACKSLASHES = 0x5c5c5c5c5c5c5c5cL;

  /** Room for the longest escape, the closing quote and two words written beyond the end. */
  private static final int SLACK_BYTES = 6 + 1 + 2 * Long.BYTES;

  private JsonStrings() {}

  /**
   * Writes the bytes as a JSON string, quotes included. Looks at eight bytes at a time and copies
   * them while it looks: most bytes need nothing else.
   *
   * @return false when the bytes are not well-formed UTF-8; then nothing was written
   */
  static boolean writeUtf8(EncodedLines out, byte[] source, int offset, int length) {
    int start = out.size();
    int end = offset + length;
    int i = offset;
    byte[] to = out.reserve(1 + length + SLACK_BYTES);
    int at = start;
    to[at++] = '"';
    while (i < end) {
      // Two words at a time, and by branches: an index computed from a word would make each wait
      // for
      // the one before.
      for (; end - i >= 2 * Long.BYTES; i += 2 * Long.BYTES, at += 2 * Long.BYTES) {
        long first = (long) WORDS.get(source, i);
        long second = (long) WORDS.get(source, i + Long.BYTES);
        WORDS.set(to, at, first);
        WORDS.set(to, at + Long.BYTES, second);
        if ((special(first) | special(second)) != 0) {
          break;
        }
      }
      if (end - i >= Long.BYTES) {
        long word = (long) WORDS.get(source, i);
        WORDS.set(to, at, word);
        long special = special(word);
        int plain = special == 0 ? Long.BYTES : Long.numberOfTrailingZeros(special) >>> 3;
        i += plain;
        at += plain;
        if (special == 0) {
          continue;
        }
      }
      if (i == end) {
        break;
      }
      byte b = source[i];
      if (b < 0) {
        int sequence = sequenceLength(source, i, end);
        if (sequence == 0) {
          out.advanceTo(start);
          return false;
        }
        for (int last = i + sequence; i < last; i++) {
          to[at++] = source[i];
        }
      } else if (b < 0x20 || b == '"' || b == '\\') {
        at = escape(to, at, b);
        i++;
        // An escape is longer than its byte: make sure of the room for all that is left.
        out.advanceTo(at);
        to = out.reserve(end - i + SLACK_BYTES);
      } else {
        to[at++] = b;
        i++;
      }
    }
    to[at++] = '"';
    out.advanceTo(at);
    return true;
  }

  /**
   * Marks the high bit of each byte that is a control character, a quote, a backslash or no ASCII.
   * The lowest mark is right; a borrow may set marks above it wrongly. With its second bit turned
   * over a quote (0x22) is the next number above the control characters, so that one subtraction
   * finds both.
   */
  private static long special(long word) {
    return (((word ^ SECOND_BITS) - QUOTES_AND_CONTROLS) | ((word ^ BACKSLASHES) - LOW_BITS) | word)
        & HIGH_BITS;
  }

  static boolean isUtf8(byte[] source, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      if (end - i >= Long.BYTES && ((long) WORDS.get(source, i) & HIGH_BITS) == 0) {
        i += Long.BYTES;
      } else if (source[i] >= 0) {
        i++;
      } else {
        int sequence = sequenceLength(source, i, end);
        if (sequence == 0) {
          return false;
        }
        i += sequence;
      }
    }
    return true;
  }

  /** Writes the escape of a byte and gives the index after it. */
  private static int escape(byte[] to, int from, byte b) {
    int at = from;
    to[at++] = '\\';
    switch (b) {
      case '"', '\\' -> to[at++] = b;
      case '\n' -> to[at++] = 'n';
      case '\r' -> to[at++] = 'r';
      case '\t' -> to[at++] = 't';
      case '\b' -> to[at++] = 'b';
      case '\f' -> to[at++] = 'f';
      default -> {
        to[at++] = 'u';
        to[at++] = '0';
        to[at++] = '0';
        to[at++] = HEX[(b >> 4) & 0xf];
        to[at++] = HEX[b & 0xf];
      }
    }
    return at;
  }

  /**
   * Length of the well-formed sequence of 2 to 4 bytes that begins at {@code i} (RFC 3629, table of
   * section 4), or 0 when it is malformed or cut off.
   */
  private static int sequenceLength(byte[] source, int i, int end) {
    int lead = source[i] & 0xff;
    if (lead < 0xc2 || lead > 0xf4) {
      return 0;
    }
    if (lead < 0xe0) {
      return i + 1 < end && isContinuation(source[i + 1]) ? 2 : 0;
    }
    if (i + 2 >= end) {
      return 0;
    }
    int second = source[i + 1] & 0xff;
    if (lead < 0xf0) {
      int low = lead == 0xe0 ? 0xa0 : 0x80;
      int high = lead == 0xed ? 0x9f : 0xbf;
      return second >= low && second <= high && isContinuation(source[i + 2]) ? 3 : 0;
    }
    int low = lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xf4 ? 0x8f : 0xbf;
    return i + 3 < end
            && second >= low
            && second <= high
            && isContinuation(source[i + 2])
            && isContinuation(source[i + 3])
        ? 4
        : 0;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
