package io.forebay.queue;

import java.time.Duration;

/**
 * When bytes that were appended are forced to the device, and so what an append's completion
 * promises.
 */
public sealed interface SyncPolicy {

  /**
   * Group commit: one sync for all appends that wait; each completes after it. Survives power loss.
   */
  record Always() implements SyncPolicy {}

  /** Completes after the write; a sync follows within the interval. Survives a killed process. */
  record Interval(Duration interval) implements SyncPolicy {
    public Interval {
      if (interval.isNegative() || interval.isZero()) {
        throw new IllegalArgumentException("interval must be positive: " + interval);
      }
    }
  }

  /**
   * Completes after the write; the operating system decides when to sync. Survives a killed
   * process.
   */
  record Never() implements SyncPolicy {}
}
