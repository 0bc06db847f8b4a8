package io.forebay.core.item;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Encoded items back to back in one growing array, with the length of each: NDJSON, ready to be
 * written to a queue or sent as a body. Not thread safe. {@link #clear} keeps the array for the
 * next use, so bytes handed out before must not be referenced any more.
 */
public final class EncodedLines {

  private byte[] bytes;
  private int size;
  private int[] lengths = new int[64];
  private int count;
  private int lineStart;

  public EncodedLines(int initialBytes) {
    this.bytes = new byte[Math.max(initialBytes, 64)];
  }

  /** The array that holds the lines from index 0 on. Replaced when it grows. */
  public byte[] array() {
    return bytes;
  }

  /** Bytes written, of all lines. */
  public int size() {
    return size;
  }

  /** Lines ended. */
  public int count() {
    return count;
  }

  /** Length of each line; the first {@link #count} entries hold. */
  public int[] lengths() {
    return lengths;
  }

  /** What was written, as a view. */
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  public void clear() {
    size = 0;
    count = 0;
    lineStart = 0;
  }

  /** Appends a line that is encoded already, its line feed included. */
  public void addLine(ByteSlice line) {
    write(line.array(), line.offset(), line.length());
    endLine();
  }

  /** Ends the line that was written since the last one ended. */
  public void endLine() {
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    lengths[count++] = size - lineStart;
    lineStart = size;
  }

  /** Makes room for {@code more} bytes and gives the array to write to from {@link #size} on. */
  byte[] reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
    }
    return bytes;
  }

  void advanceTo(int newSize) {
    size = newSize;
  }

  /** Appends a byte to the line. */
  public void write(byte b) {
    reserve(1)[size++] = b;
  }

  /** Appends bytes to the line. */
  public void write(byte[] source) {
    write(source, 0, source.length);
  }

  /** Appends bytes to the line. */
  public void write(byte[] source, int offset, int length) {
    System.arraycopy(source, offset, reserve(length), size, length);
    size += length;
  }

  void writeAscii(String text) {
    int length = text.length();
    byte[] target = reserve(length);
    for (int i = 0; i < length; i++) {
      target[size + i] = (byte) text.charAt(i);
    }
    size += length;
  }

  /** Appends the number in decimal. */
  public void writeLong(long value) {
    if (value < 0) {
      writeAscii(Long.toString(value));
      return;
    }
    byte[] target = reserve(20);
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    int at = size + digits;
    long rest = value;
    do {
      target[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    size += digits;
  }
}
