package io.forebay.core.telemetry;

/**
 * How fast a number has grown of late: keeps one sample a second or so and compares the newest with
 * the oldest. Thread safe.
 */
public final class RateWindow {

  private static final int SAMPLES = 11;
  private static final double NANOS_PER_SECOND = 1e9;

  private final double[] values = new double[SAMPLES];
  private final long[] nanos = new long[SAMPLES];
  private int count;
  private int next;

  /**
   * Adds a sample; ten seconds are covered when this is called once a second.
   *
   * @param atNanos by a clock that only goes forward
   */
  public synchronized void sample(double value, long atNanos) {
    values[next] = value;
    nanos[next] = atNanos;
    next = (next + 1) % SAMPLES;
    count = Math.min(count + 1, SAMPLES);
  }

  /** Growth per second between the oldest sample and the newest; 0 with fewer than two. */
  public synchronized double perSecond() {
    if (count < 2) {
      return 0;
    }
    int newest = Math.floorMod(next - 1, SAMPLES);
    int oldest = Math.floorMod(next - count, SAMPLES);
    long elapsed = nanos[newest] - nanos[oldest];
    return elapsed <= 0 ? 0 : (values[newest] - values[oldest]) * NANOS_PER_SECOND / elapsed;
  }
}
