package io.forebay.source.line;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Arrays of one size for what is read, used again and again: a fast client fills hundreds of
 * megabytes a second, and new arrays of that size cost their zeroing, cold memory and a larger
 * heap. Thread safe. Keeps no more than a bound; what comes back beyond that is garbage.
 */
public final class ChunkPool {

  private final int chunkBytes;
  private final BlockingQueue<byte[]> idle;

  /**
   * @param chunkBytes length of each array
   * @param maxIdle arrays kept at most
   */
  public ChunkPool(int chunkBytes, int maxIdle) {
    this.chunkBytes = chunkBytes;
    this.idle = new ArrayBlockingQueue<>(maxIdle);
  }

  /** Length of each array. */
  public int chunkBytes() {
    return chunkBytes;
  }

  /** Whether so many bytes are worth a chunk: a quarter of one at least, and no more than one. */
  public boolean fits(long bytes) {
    return bytes <= chunkBytes && bytes >= chunkBytes / 4;
  }

  /** An array of {@link #chunkBytes}, of any content. */
  public byte[] take() {
    byte[] chunk = idle.poll();
    return chunk == null ? new byte[chunkBytes] : chunk;
  }

  /**
   * An array for so many bytes, of any content: a chunk where that {@linkplain #fits fits}, else
   * one as long as asked for, which is not used again.
   */
  public byte[] take(int bytes) {
    return fits(bytes) ? take() : new byte[bytes];
  }

  /** Gives an array back that nobody reads any more; passes over those that are not the pool's. */
  public void give(byte[] chunk) {
    if (chunk.length == chunkBytes) {
      idle.offer(chunk);
    }
  }
}
