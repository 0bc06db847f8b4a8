package io.forebay.core.runtime;

import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Begins a node's flux anew whenever it fails, waiting longer each time, and says so in the node's
 * health and the log. Thread safe.
 */
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private static final long FIRST_WAIT_MILLIS = 1_000;
  private static final long LONGEST_WAIT_MILLIS = 30_000;
  private static final int MAX_DOUBLINGS = 5;

  private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final NodeTelemetry node;
  private final Scheduler timer;
  private final RandomGenerator random;
  private final Duration wellAfter;
  // Counts the failures in a row; each beginning has a number, so that a late timer knows its own.
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger beginnings = new AtomicInteger();
  private volatile @Nullable String lastLogged;
  private volatile long loggedAtNanos;

  /**
   * @param timer where waits end and nodes begin anew
   * @param random for jitter
   * @param wellAfter a node that has not failed for this long after it began anew is well again
   */
  Recovery(NodeTelemetry node, Scheduler timer, RandomGenerator random, Duration wellAfter) {
    this.node = node;
    this.timer = timer;
    this.random = random;
    this.wellAfter = wellAfter;
  }

  /**
   * The flux, which begins anew after each failure.
   *
   * @param resumesAtOnce asked after a failure: whether to begin anew without waiting, because the
   *     failure has used up its cause
   */
  <T> Flux<T> around(Flux<T> flux, BooleanSupplier resumesAtOnce) {
    return flux.doOnSubscribe(subscription -> begun())
        .retryWhen(
            Retry.from(
                signals ->
                    signals.concatMap(
                        signal -> afterFailure(signal.failure(), resumesAtOnce.getAsBoolean()))));
  }

  private void begun() {
    int beginning = beginnings.incrementAndGet();
    if (failures.get() > 0) {
      timer.schedule(() -> survived(beginning), wellAfter.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void survived(int beginning) {
    if (beginnings.get() == beginning) {
      succeeded();
    }
  }

  /** The node does its work: what was wrong is over. Cheap when nothing was. */
  void succeeded() {
    if (failures.get() > 0 && failures.getAndSet(0) > 0) {
      node.seen(null);
      lastLogged = null;
      log.info("node {} works again", node.name());
    }
  }

  private Mono<Long> afterFailure(Throwable failure, boolean atOnce) {
    beginnings.incrementAndGet();
    int inRow = failures.incrementAndGet();
    String why = describe(failure);
    node.seen(why);
    if (atOnce) {
      report(why, failure, "");
      return Mono.just(0L);
    }
    long bound =
        Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(inRow - 1, MAX_DOUBLINGS));
    long wait = bound / 2 + random.nextLong(bound / 2 + 1);
    report(why, failure, "; tried again in " + wait + " ms");
    return Mono.delay(Duration.ofMillis(wait), timer);
  }

  private void report(String why, Throwable failure, String next) {
    long now = System.nanoTime();
    if (why.equals(lastLogged) && now - loggedAtNanos < LOG_INTERVAL_NANOS) {
      return;
    }
    lastLogged = why;
    loggedAtNanos = now;
    log.warn("node {} failed: {}{}", node.name(), why, next);
    log.debug("node {} failed", node.name(), failure);
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
