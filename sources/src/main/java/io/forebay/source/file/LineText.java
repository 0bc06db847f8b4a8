package io.forebay.source.file;

import java.nio.charset.StandardCharsets;

/**
 * A line as text for a pattern, without a copy where it is ASCII. Valid until the next call of
 * {@link #of}.
 */
final class LineText implements CharSequence {

  private byte[] bytes = new byte[0];
  private int offset;
  private int length;

  CharSequence of(byte[] newBytes, int newOffset, int newLength) {
    for (int i = newOffset; i < newOffset + newLength; i++) {
      if (newBytes[i] < 0) {
        return new String(newBytes, newOffset, newLength, StandardCharsets.UTF_8);
      }
    }
    bytes = newBytes;
    offset = newOffset;
    length = newLength;
    return this;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return (char) bytes[offset + index];
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return toString().substring(start, end);
  }

  @Override
  public String toString() {
    return new String(bytes, offset, length, StandardCharsets.US_ASCII);
  }
}
