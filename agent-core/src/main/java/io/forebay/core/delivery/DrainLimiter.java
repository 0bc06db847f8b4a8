package io.forebay.core.delivery;

/**
 * Holds the drain to a number of items per second, evenly: never more at once than a tenth of a
 * second's worth, or one item. On the loop only.
 */
final class DrainLimiter {

  private static final double NANOS_PER_SECOND = 1e9;

  /** Far less than an item: what adding fractions may lose. */
  private static final double ROUNDING = 1e-6;

  private final double itemsPerNano;
  private final int burst;
  private double tokens;
  private long filledAt;

  /**
   * @param itemsPerSecond 0 for no limit
   */
  DrainLimiter(int itemsPerSecond, long now) {
    this.itemsPerNano = itemsPerSecond / NANOS_PER_SECOND;
    this.burst = itemsPerSecond == 0 ? Integer.MAX_VALUE : Math.max(itemsPerSecond / 10, 1);
    this.tokens = 0;
    this.filledAt = now;
  }

  /** Items that may go out in one request at most. */
  int burst() {
    return burst;
  }

  /** When so many items may go out; not after {@code now} when they may at once. */
  long readyAt(int items, long now) {
    if (itemsPerNano == 0) {
      return now;
    }
    fill(now);
    double missing = Math.min(items, burst) - tokens;
    return missing <= ROUNDING ? now : now + (long) Math.ceil(missing / itemsPerNano);
  }

  /** Counts items that go out. */
  void take(int items) {
    if (itemsPerNano != 0) {
      tokens -= items;
    }
  }

  private void fill(long now) {
    tokens = Math.min(burst, tokens + (now - filledAt) * itemsPerNano);
    filledAt = now;
  }
}
