package io.forebay.core.processor;

import io.forebay.core.item.ByteSlice;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A text as a regular expression reads it, with a bound on the characters read: a matcher that
 * backtracks without end is stopped by {@link RegexLimitException}. Bytes that are ASCII are read
 * in place. Reused for one text after another; not thread safe.
 */
final class StepBoundText implements CharSequence {

  /** What any text may cost, however short: room for patterns that try much. */
  private static final long BASE_STEPS = 100_000;

  private static final long STEPS_PER_CHARACTER = 100;

  /** Some 50 ms: what one text may hold up its pipeline. */
  private static final long MAX_STEPS = 20_000_000;

  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[0];
  private int offset;
  private int length;
  private @Nullable String text;
  private long stepsLeft;

  /** Reads the bytes as UTF-8 or, where they are malformed, each byte as a character. */
  void set(ByteSlice slice) {
    bytes = slice.array();
    offset = slice.offset();
    length = slice.length();
    text = null;
    if (!isAscii()) {
      String decoded = slice.toUtf8();
      if (decoded.indexOf('\uFFFD') < 0) {
        set(decoded);
      }
    }
    rewind();
  }

  void set(String value) {
    text = value;
    length = value.length();
    rewind();
  }

  /** Grants a new matcher its full bound. */
  void rewind() {
    stepsLeft = Math.min(BASE_STEPS + STEPS_PER_CHARACTER * length, MAX_STEPS);
  }

  /** Lets go of the text. */
  void clear() {
    set("");
    bytes = new byte[0];
  }

  /** The text where the bytes had to be decoded; null when positions are those of the bytes. */
  @Nullable String decoded() {
    return text;
  }

  private boolean isAscii() {
    int end = offset + length;
    int i = offset;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      if (((long) LONGS.get(bytes, i) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    if (--stepsLeft < 0) {
      throw new RegexLimitException();
    }
    String decoded = text;
    return decoded == null ? (char) (bytes[offset + index] & 0xff) : decoded.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return toString().substring(start, end);
  }

  @Override
  public String toString() {
    String decoded = text;
    if (decoded != null) {
      return decoded;
    }
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }
}
