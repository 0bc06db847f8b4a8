package io.forebay.source.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes that are collected up to a bound, in memory that is leased before it is allocated. */
final class GrowingBytes {

  private static final int SMALLEST = 16 << 10;
  private static final int LARGE = 1 << 20;

  private final long expectedBytes;
  private final int maxBytes;
  private final String bound;
  private final MemoryLease lease;
  private byte[] bytes = new byte[0];
  private int size;

  /**
   * @param expectedBytes how many there will be, as far as is known: not allocated ahead, since it
   *     is only a client's word, but growth stops there
   * @param bound the key that sets the bound, for the refusal
   */
  GrowingBytes(long expectedBytes, int maxBytes, String bound, MemoryLease lease) {
    this.expectedBytes = expectedBytes;
    this.maxBytes = maxBytes;
    this.bound = bound;
    this.lease = lease;
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  /**
   * Appends what can be read of the buffer, which stays its owner's.
   *
   * @throws Refusal beyond the bound, or without memory
   */
  void append(ByteBuf buffer) {
    int length = buffer.readableBytes();
    reserve(length);
    buffer.readBytes(bytes, size, length);
    size += length;
  }

  /** Makes room for at least this many bytes more and tells how many there is room for. */
  int reserve(int more) {
    if (more > maxBytes - size) {
      throw Refusal.tooLarge(
          "the body is larger than " + maxBytes + " bytes (" + bound + "); send smaller requests");
    }
    if (size + more > bytes.length) {
      grow(size + more);
    }
    return bytes.length - size;
  }

  /** The next bytes were written to the array, from {@link #size} on. */
  void advance(int count) {
    size += count;
  }

  private void grow(int needed) {
    long quick = Math.max(SMALLEST, bytes.length * (bytes.length < LARGE ? 4L : 2L));
    int capacity = capacity(needed, quick);
    if (!lease.tryGrow(capacity - bytes.length)) {
      // Memory is tight: as little as keeps the number of copies small.
      capacity = capacity(needed, bytes.length + (bytes.length >> 3));
      lease.grow(capacity - bytes.length);
    }
    bytes = Arrays.copyOf(bytes, capacity);
  }

  private int capacity(int needed, long wanted) {
    return (int) Math.min(Math.max(needed, Math.min(wanted, expectedBytes)), maxBytes);
  }
}
