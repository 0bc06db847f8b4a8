package io.forebay.source.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on the bytes that a source holds in memory, from their receipt to their acknowledgement.
 * Thread safe.
 */
public final class ByteBudget {

  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * @param maxBytes at least 1
   */
  public ByteBudget(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes must be positive: " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  public long maxBytes() {
    return maxBytes;
  }

  /** Bytes taken and not released yet. */
  public long usedBytes() {
    return used.get();
  }

  /** Whether there is room for at least one more byte. */
  public boolean hasRoom() {
    return used.get() < maxBytes;
  }

  /** Takes the bytes if all of them fit. */
  public boolean tryTake(long bytes) {
    long before;
    do {
      before = used.get();
      if (bytes > maxBytes - before) {
        return false;
      }
    } while (!used.compareAndSet(before, before + bytes));
    return true;
  }

  /** Takes the bytes whether they fit or not: for what is in memory already. */
  public void take(long bytes) {
    used.addAndGet(bytes);
  }

  /** Gives bytes back, and runs those who wait for room while there is some. */
  public void release(long bytes) {
    used.addAndGet(-bytes);
    wake();
  }

  /**
   * Runs the task once, as soon as there {@linkplain #hasRoom is room}: at once, or on the thread
   * that makes room. Must be quick and should not take the room itself but schedule that.
   */
  public void whenRoom(Runnable task) {
    waiting.add(task);
    wake();
  }

  private void wake() {
    while (hasRoom()) {
      Runnable task = waiting.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }
}
