package io.forebay.core.delivery;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How full the queue in memory is. Counted up by the threads that bring batches, before the loop
 * sees them, and down by the loop: so a bound is never passed by more than the one batch that
 * reached it.
 */
final class MemoryGauge {

  private static final double HIGH = 0.8;
  private static final double LOW = 0.5;

  /** Where new data can go to disk, memory may fill whole while the disk takes it. */
  private static final double SPILL_HIGH = 1.0;

  private static final double SPILL_LOW = 0.9;

  private final long maxItems;
  private final long maxBytes;
  private final boolean spillsUnderPressure;
  private final AtomicLong items = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param spillsUnderPressure whether pressure sends new data to disk instead of slowing the
   *     sources
   */
  MemoryGauge(long maxItems, long maxBytes, boolean spillsUnderPressure) {
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
    this.spillsUnderPressure = spillsUnderPressure;
  }

  void add(long moreItems, long moreBytes) {
    items.addAndGet(moreItems);
    bytes.addAndGet(moreBytes);
  }

  void remove(long fewerItems, long fewerBytes) {
    items.addAndGet(-fewerItems);
    bytes.addAndGet(-fewerBytes);
  }

  /** Whether sources must wait. */
  boolean stalls() {
    return isAtLeast(spillsUnderPressure ? SPILL_HIGH : HIGH);
  }

  /** Whether sources that wait may go on. */
  boolean resumes() {
    return !isAtLeast(spillsUnderPressure ? SPILL_LOW : LOW);
  }

  /** The mark at which mode {@code backpressure} begins to spill. */
  boolean isHigh() {
    return isAtLeast(HIGH);
  }

  /** The mark at which it ends. */
  boolean isLow() {
    return !isAtLeast(LOW);
  }

  private boolean isAtLeast(double fraction) {
    return items.get() >= maxItems * fraction || bytes.get() >= maxBytes * fraction;
  }
}
