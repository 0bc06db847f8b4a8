package io.forebay.agent.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a counter rises, over the last second. Not thread safe. */
final class Rate {

  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long count) {}

  double perSecond(Duration elapsed, long count) {
    long now = elapsed.toNanos();
    samples.addLast(new Sample(now, count));
    while (samples.size() > 2 && samples.getFirst().nanos < now - WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long nanos = now - first.nanos;
    return nanos == 0 ? 0 : (count - first.count) * 1e9 / nanos;
  }
}
