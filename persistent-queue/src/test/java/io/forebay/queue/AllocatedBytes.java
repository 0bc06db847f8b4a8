package io.forebay.queue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What code allocates, counted by the JVM: the same on a fast machine and on a slow one, so that a
 * test can hold it.
 */
public final class AllocatedBytes {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int WARM_UPS = 50;
  private static final int ROUNDS = 20;

  /** Work that may fail. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  private AllocatedBytes() {}

  /**
   * Bytes allocated for one unit, such as a line or a record, by the least of several runs after a
   * warm-up; by this thread alone.
   *
   * @param units how many of them one run of {@code work} handles
   */
  public static double perUnit(int units, Work work) throws Exception {
    for (int i = 0; i < WARM_UPS; i++) {
      work.run();
    }
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long before = THREADS.getThreadAllocatedBytes(thread);
      work.run();
      least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
    }
    return (double) least / units;
  }
}
