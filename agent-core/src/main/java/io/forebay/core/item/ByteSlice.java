package io.forebay.core.item;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable view of part of a byte array. The array is shared, never copied: whoever makes a
 * slice must not write to those bytes again.
 */
public final class ByteSlice {

  public static final ByteSlice EMPTY = new ByteSlice(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private ByteSlice(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  public static ByteSlice of(byte[] array) {
    return new ByteSlice(array, 0, array.length);
  }

  /**
   * @throws IndexOutOfBoundsException when the range lies outside the array
   */
  public static ByteSlice of(byte[] array, int offset, int length) {
    if ((offset | length | (array.length - offset - length)) < 0) {
      throw new IndexOutOfBoundsException(
          "offset " + offset + ", length " + length + " of an array of " + array.length);
    }
    return new ByteSlice(array, offset, length);
  }

  /** The bytes of the text in UTF-8. */
  public static ByteSlice utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The array that holds the bytes: from {@link #offset}, {@link #length} of them. Must not be
   * written to.
   */
  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException("index " + index + " of " + length);
    }
    return array[offset + index];
  }

  /** A view of part of this view. */
  public ByteSlice slice(int from, int count) {
    if ((from | count | (length - from - count)) < 0) {
      throw new IndexOutOfBoundsException("from " + from + ", count " + count + " of " + length);
    }
    return new ByteSlice(array, offset + from, count);
  }

  /** Whether the bytes are well-formed UTF-8 (RFC 3629). */
  public boolean isUtf8() {
    return JsonStrings.isUtf8(array, offset, length);
  }

  /** The text, malformed bytes replaced: for matching and for people, not for sending on. */
  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteSlice that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return toUtf8();
  }
}
