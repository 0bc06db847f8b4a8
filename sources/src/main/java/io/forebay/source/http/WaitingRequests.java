package io.forebay.source.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** The requests whose clients wait for an acknowledgement. Thread safe. */
final class WaitingRequests {

  private static final int LOOKS_A_TIMEOUT = 10;
  private static final long LONGEST_PERIOD_MILLIS = 1000;

  private final Set<Submission> waiting = ConcurrentHashMap.newKeySet();

  void add(Submission submission) {
    waiting.add(submission);
  }

  /** Whether it was still there: exactly one who removes it is told so. */
  boolean remove(Submission submission) {
    return waiting.remove(submission);
  }

  /** Answers all of them now that there was no acknowledgement. */
  void expire() {
    waiting.forEach(Submission::expire);
  }

  /**
   * Answers from now on those who wait for longer than this, up to a tenth of it or a second late;
   * until the scheduler is disposed of.
   */
  // One look for all rather than a timer a request: nearly all are acknowledged long before.
  void expireAfter(Duration timeout, Scheduler scheduler) {
    long nanos = timeout.toNanos();
    long period =
        Math.max(1, Math.min(timeout.toMillis() / LOOKS_A_TIMEOUT, LONGEST_PERIOD_MILLIS));
    scheduler.schedulePeriodically(
        () -> waiting.forEach(submission -> submission.expireAfter(nanos)),
        period,
        period,
        TimeUnit.MILLISECONDS);
  }
}
