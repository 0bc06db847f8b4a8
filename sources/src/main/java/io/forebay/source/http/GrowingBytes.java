package io.forebay.source.http;

import io.forebay.source.line.ChunkPool;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes that are collected up to a bound, in memory that is leased before it is allocated. */
final class GrowingBytes {

  private static final int SMALLEST = 16 << 10;
  private static final int LARGE = 1 << 20;

  // Bodies of a hundred lines or so; as many arrays are kept as fit 16 MiB.
  private static final int USUAL_BODY_BYTES = 128 << 10;
  private static final int MAX_IDLE_BODIES = 128;

  private final long expectedBytes;
  private final int maxBytes;
  private final String bound;
  private final MemoryLease lease;
  private final ChunkPool pool;
  private byte[] bytes = new byte[0];
  private int size;

  /**
   * @param expectedBytes how many there will be, as far as is known: not allocated ahead, since it
   *     is only a client's word, but growth stops there
   * @param bound the key that sets the bound, for the refusal
   * @param pool where an array of a usual size is taken from, once its first part has arrived
   */
  GrowingBytes(long expectedBytes, int maxBytes, String bound, MemoryLease lease, ChunkPool pool) {
    this.expectedBytes = expectedBytes;
    this.maxBytes = maxBytes;
    this.bound = bound;
    this.lease = lease;
    this.pool = pool;
  }

  /** Arrays for the bodies of one source. */
  static ChunkPool usualBodies() {
    return new ChunkPool(USUAL_BODY_BYTES, MAX_IDLE_BODIES);
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
    return Math.min(bytes.length, maxBytes) - size;
  }

  /** Gives the array back; nobody may read it any more. */
  void recycle() {
    pool.give(bytes);
  }

  /** The next bytes were written to the array, from {@link #size} on. */
  void advance(int count) {
    size += count;
  }

  private void grow(int needed) {
    boolean begun = needed > SMALLEST || bytes.length > 0;
    if (begun && needed <= pool.chunkBytes() && pool.fits(expectedBytes)) {
      int more = pool.chunkBytes() - bytes.length;
      if (lease.tryGrow(more)) {
        byte[] chunk = pool.take();
        System.arraycopy(bytes, 0, chunk, 0, size);
        bytes = chunk;
        return;
      }
    }
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
