package io.forebay.destination.encoding;

import io.forebay.core.item.EncodedLines;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values in the smallest form that the MessagePack specification has for them.
 *
 * <p>Of our own because the format is small, bytes go straight to where they are sent from, and the
 * usual library reaches for {@code sun.misc.Unsafe}, of which newer JDKs warn at every start.
 */
final class MessagePack {

  /** Deeper values are written as nil, so that a crafted value cannot exhaust the stack. */
  private static final int MAX_DEPTH = 65;

  private static final int MAX_UNSIGNED_BITS = 64;

  private MessagePack() {}

  /** A text with its header, to be written as it is. */
  static byte[] text(String text) {
    EncodedLines out = new EncodedLines(64);
    writeText(text, out);
    return Arrays.copyOf(out.array(), out.size());
  }

  /** Writes an attribute value, a map of such values or null. */
  static void write(@Nullable Object value, EncodedLines out) {
    write(value, out, 0);
  }

  static void writeText(String text, EncodedLines out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeTextHeader(utf8.length, out);
    out.write(utf8);
  }

  static void writeTextHeader(int bytes, EncodedLines out) {
    if (bytes < 32) {
      out.write((byte) (0xa0 | bytes));
    } else if (bytes < 1 << 8) {
      writeTagged(0xd9, bytes, 1, out);
    } else if (bytes < 1 << 16) {
      writeTagged(0xda, bytes, 2, out);
    } else {
      writeTagged(0xdb, bytes, 4, out);
    }
  }

  static void writeBinaryHeader(int bytes, EncodedLines out) {
    if (bytes < 1 << 8) {
      writeTagged(0xc4, bytes, 1, out);
    } else if (bytes < 1 << 16) {
      writeTagged(0xc5, bytes, 2, out);
    } else {
      writeTagged(0xc6, bytes, 4, out);
    }
  }

  static void writeArrayHeader(int elements, EncodedLines out) {
    if (elements < 16) {
      out.write((byte) (0x90 | elements));
    } else if (elements < 1 << 16) {
      writeTagged(0xdc, elements, 2, out);
    } else {
      writeTagged(0xdd, elements, 4, out);
    }
  }

  static void writeMapHeader(int entries, EncodedLines out) {
    if (entries < 16) {
      out.write((byte) (0x80 | entries));
    } else if (entries < 1 << 16) {
      writeTagged(0xde, entries, 2, out);
    } else {
      writeTagged(0xdf, entries, 4, out);
    }
  }

  static void writeLong(long value, EncodedLines out) {
    if (value >= -32 && value < 128) {
      out.write((byte) value);
    } else if (value >= 0) {
      int bytes = value < 1L << 8 ? 1 : value < 1L << 16 ? 2 : value < 1L << 32 ? 4 : 8;
      writeTagged(0xcc + log2(bytes), value, bytes, out);
    } else {
      int bytes =
          value >= Byte.MIN_VALUE
              ? 1
              : value >= Short.MIN_VALUE ? 2 : value >= Integer.MIN_VALUE ? 4 : 8;
      writeTagged(0xd0 + log2(bytes), value, bytes, out);
    }
  }

  private static int log2(int bytes) {
    return Integer.numberOfTrailingZeros(bytes);
  }

  private static void write(@Nullable Object value, EncodedLines out, int depth) {
    if (value == null || depth >= MAX_DEPTH) {
      out.write((byte) 0xc0);
    } else if (value instanceof String text) {
      writeText(text, out);
    } else if (value instanceof Long || value instanceof Integer) {
      writeLong(((Number) value).longValue(), out);
    } else if (value instanceof Boolean bool) {
      out.write((byte) (bool ? 0xc3 : 0xc2));
    } else if (value instanceof BigInteger number) {
      writeLarge(number, out);
    } else if (value instanceof Number number) {
      writeTagged(0xcb, Double.doubleToLongBits(number.doubleValue()), 8, out);
    } else if (value instanceof Map<?, ?> map) {
      writeMapHeader(map.size(), out);
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        writeText(String.valueOf(entry.getKey()), out);
        write(entry.getValue(), out, depth + 1);
      }
    } else if (value instanceof List<?> list) {
      writeArrayHeader(list.size(), out);
      for (Object element : list) {
        write(element, out, depth + 1);
      }
    } else {
      writeText(value.toString(), out);
    }
  }

  /** What fits into 64 bits without a sign does so; what does not keeps its digits as a text. */
  private static void writeLarge(BigInteger number, EncodedLines out) {
    if (number.signum() >= 0 && number.bitLength() <= MAX_UNSIGNED_BITS) {
      writeTagged(0xcf, number.longValue(), 8, out);
    } else {
      writeText(number.toString(), out);
    }
  }

  private static void writeTagged(int tag, long value, int bytes, EncodedLines out) {
    out.write((byte) tag);
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write((byte) (value >>> shift));
    }
  }
}
