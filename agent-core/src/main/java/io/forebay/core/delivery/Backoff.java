package io.forebay.core.delivery;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: drawn evenly between 0 and a bound that doubles with
 * each attempt ("full jitter"), so that many agents whose receiver comes back do not all come at
 * once.
 */
record Backoff(long initialNanos, long maxNanos, RandomGenerator random) {

  /**
   * @param failures attempts that failed so far, at least 1
   * @return nanoseconds, from 0 to the bound
   */
  long nanos(int failures) {
    return random.nextLong(bound(failures) + 1);
  }

  /**
   * @param failures attempts that failed so far, at least 1
   * @return the longest wait, in nanoseconds
   */
  long bound(int failures) {
    int doublings = Math.min(failures - 1, 62);
    return initialNanos > maxNanos >> doublings
        ? maxNanos
        : Math.min(initialNanos << doublings, maxNanos);
  }
}
