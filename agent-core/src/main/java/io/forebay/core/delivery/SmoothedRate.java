package io.forebay.core.delivery;

/** Items per second of late, older ones weighing less. Counted on the loop, read anywhere. */
final class SmoothedRate {

  private static final double TIME_CONSTANT_NANOS = 10e9;

  private record Point(double perSecond, long atNanos) {}

  private volatile Point last = new Point(0, 0);

  void count(long items, long now) {
    last = new Point(at(now) + items * 1e9 / TIME_CONSTANT_NANOS, now);
  }

  /** Below a hundredth of an item per second counts as standing still. */
  double at(long now) {
    Point point = last;
    double decayed = point.perSecond() * Math.exp(-(now - point.atNanos()) / TIME_CONSTANT_NANOS);
    return decayed < 0.01 ? 0 : decayed;
  }
}
