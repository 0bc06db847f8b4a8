package io.forebay.source.line;

import io.forebay.core.item.ByteSlice;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into lines at line feeds; a carriage return before one belongs to it.
 * Lines are slices of the chunk that brought them; only a line that lies across two chunks is
 * copied, once. A line longer than the bound is cut there: its beginning is a line, the rest up to
 * the next line feed is skipped and counted.
 *
 * <p>One stream, one splitter; not thread safe.
 */
public final class LineSplitter {

  private final int maxLineBytes;
  private byte[] carry = new byte[0];
  private int carried;
  private boolean skipping;
  private long cutLines;
  private long skippedBytes;

  /**
   * @param maxLineBytes longest line in bytes, without its line feed; at least 1
   */
  public LineSplitter(int maxLineBytes) {
    if (maxLineBytes < 1) {
      throw new IllegalArgumentException("maxLineBytes must be positive: " + maxLineBytes);
    }
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * Takes the next bytes of the stream and hands out the lines that they complete, in order, empty
   * lines included.
   *
   * @param chunk must not be written to again: the lines refer to it
   */
  public void split(byte[] chunk, int offset, int length, Consumer<ByteSlice> lines) {
    int end = offset + length;
    int start = offset;
    for (int at = LineFeeds.indexOf(chunk, start, end); at >= 0; ) {
      endLine(chunk, start, at - start, lines);
      start = at + 1;
      at = LineFeeds.indexOf(chunk, start, end);
    }
    keep(chunk, start, end - start, lines);
  }

  /**
   * The stream has ended: what is left is its last line. Leaves the splitter ready for another
   * stream.
   */
  public void finish(Consumer<ByteSlice> lines) {
    if (carried > 0 && !skipping) {
      emit(Arrays.copyOf(carry, carried), 0, carried, lines);
    }
    carried = 0;
    skipping = false;
  }

  /** Bytes of an incomplete line that are held back until its line feed arrives. */
  public int pendingBytes() {
    return carried;
  }

  /** Lines cut at the bound so far. */
  public long cutLines() {
    return cutLines;
  }

  /** Bytes of such lines that were skipped so far. */
  public long skippedBytes() {
    return skippedBytes;
  }

  private void endLine(byte[] chunk, int start, int length, Consumer<ByteSlice> lines) {
    if (skipping) {
      skippedBytes += length;
      skipping = false;
    } else if (carried == 0) {
      emit(chunk, start, length, lines);
    } else {
      byte[] line = Arrays.copyOf(carry, carried + length);
      System.arraycopy(chunk, start, line, carried, length);
      emit(line, 0, line.length, lines);
      carried = 0;
    }
  }

  private void emit(byte[] bytes, int offset, int length, Consumer<ByteSlice> lines) {
    int whole = length > 0 && bytes[offset + length - 1] == '\r' ? length - 1 : length;
    int kept = LineCut.keep(bytes, offset, whole, maxLineBytes);
    if (kept < whole) {
      cutLines++;
      skippedBytes += whole - kept;
    }
    lines.accept(ByteSlice.of(bytes, offset, kept));
  }

  private void keep(byte[] chunk, int start, int length, Consumer<ByteSlice> lines) {
    if (length == 0) {
      return;
    }
    if (skipping) {
      skippedBytes += length;
      return;
    }
    if (carried + length > carry.length) {
      // One byte more than a line may have, for the carriage return that is not part of it.
      long wanted = Math.max((long) carried + length, carry.length * 2L);
      carry =
          Arrays.copyOf(carry, (int) Math.min(wanted, Math.max((long) maxLineBytes + 1, carried)));
    }
    int fits = Math.min(length, carry.length - carried);
    System.arraycopy(chunk, start, carry, carried, fits);
    carried += fits;
    if (fits < length) {
      int kept = LineCut.keep(carry, 0, carried, maxLineBytes);
      cutLines++;
      skippedBytes += length - fits + (carried - kept);
      lines.accept(ByteSlice.of(Arrays.copyOf(carry, kept)));
      carried = 0;
      skipping = true;
    }
  }
}
