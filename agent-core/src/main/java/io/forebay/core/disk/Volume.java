package io.forebay.core.disk;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much a file system has free, asked of the system ten times a second at most. What was granted
 * and may not be written yet is taken off. Guarded by the budget, but for {@link #look}.
 */
final class Volume {

  /** Asks the system. */
  @FunctionalInterface
  interface Probe {
    /** Bytes that this process may still write. */
    long usableBytes() throws IOException;
  }

  static final long UNKNOWN = -1;

  private static final Logger log = LoggerFactory.getLogger(Volume.class);
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String name;
  private final Probe probe;
  private long usable = UNKNOWN;
  private long readAtNanos;
  private long granted;
  private long settled;

  /** What of {@link #granted} the last reading may have seen. */
  private long settledAtReading;

  private boolean failed;

  Volume(String name, Probe probe) {
    this.name = name;
    this.probe = probe;
  }

  /** Asks the system where the last answer is old. Blocks on the disk; under no lock. */
  void look(Object lock, long nowNanos, boolean again) {
    long seen;
    synchronized (lock) {
      if (usable != UNKNOWN && !again && nowNanos - readAtNanos < FRESH_NANOS) {
        return;
      }
      seen = settled;
    }
    long bytes = ask();
    synchronized (lock) {
      usable = bytes;
      readAtNanos = nowNanos;
      settledAtReading = seen;
    }
  }

  private long ask() {
    try {
      long bytes = probe.usableBytes();
      failed = false;
      return bytes;
    } catch (IOException e) {
      if (!failed) {
        failed = true;
        log.warn("cannot tell how much room the disk of {} has: {}", name, e.toString());
      }
      return Long.MAX_VALUE; // the disk itself refuses what it cannot take
    }
  }

  /** What is free once all that was granted is written; {@link #UNKNOWN} before the first look. */
  long free() {
    return usable == UNKNOWN || usable == Long.MAX_VALUE
        ? usable
        : Math.max(0, usable - (granted - settledAtReading));
  }

  void grant(long bytes) {
    granted += bytes;
  }

  /** So much of what was granted is written by now, or given back. */
  void settle(long bytes) {
    settled += bytes;
  }
}
