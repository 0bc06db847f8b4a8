package io.forebay.core.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the last answers say of the receiver, and so how many requests may be under way: none until
 * the wait is over and then one, while it fails; after it recovered one, doubling with each
 * success, up to the workers. On the loop only.
 *
 * <p>Time is cut into intervals that double in length, and one attempt is made in each, at a moment
 * drawn evenly from it: so a long outage sees one attempt a longest interval, and many agents do
 * not come at once.
 *
 * <p>Failures of requests that were under way together count as one round for the wait, and each by
 * itself for the circuit breaker.
 */
final class Health {

  private final Limits limits;
  private final Backoff backoff;

  private int failures;
  private int rounds;
  private int closingSuccesses;
  private boolean failing;
  private boolean open;
  private boolean paused;
  private int allowed;
  private long notBefore = Long.MIN_VALUE;
  private long intervalEnd = Long.MIN_VALUE;
  private long requests;
  private long lastOfRound;

  /** Requests up to this number know nothing of what has changed since. */
  private long beganBeforeChange;

  private volatile @Nullable String why;
  private volatile boolean publishedOpen;

  Health(Limits limits, Backoff backoff) {
    this.limits = limits;
    this.backoff = backoff;
    this.allowed = limits.workers();
  }

  /** Spreads the first requests of agents that were started together. */
  void delayFirst(long now) {
    notBefore = now + backoff.nanos(1);
    allowed = 1;
  }

  /** Something has changed that makes an attempt worth while at once. */
  void retryNow() {
    beganBeforeChange = requests;
    if (isFailing()) {
      notBefore = Long.MIN_VALUE;
    }
  }

  /** A request begins; its number is handed back with its result. */
  long sending() {
    return ++requests;
  }

  long lastRequest() {
    return requests;
  }

  void delivered(long request) {
    if (request <= lastOfRound && (failing || paused)) {
      // It was on its way when the failure came, so it says nothing about what is now.
      return;
    }
    paused = false;
    answered();
  }

  /** The receiver looked at the data and said no to it: it is there. */
  void refusedData(long request, long now) {
    if (request <= lastOfRound && (failing || paused)) {
      return;
    }
    if (paused) {
      // Not yet proof that it takes data again; whatever is sent next keeps the pace of a probe.
      beginRound(request, now, 0);
    } else {
      answered();
    }
  }

  private void answered() {
    failures = 0;
    if (open && ++closingSuccesses < limits.closingSuccesses()) {
      notBefore = Long.MIN_VALUE;
      return;
    }
    if (failing || paused || open) {
      allowed = 1;
    } else {
      allowed = Math.min(allowed * 2, limits.workers());
    }
    open = false;
    publishedOpen = false;
    failing = false;
    rounds = 0;
    intervalEnd = Long.MIN_VALUE;
    closingSuccesses = 0;
    if (!paused) {
      why = null;
    }
  }

  /**
   * @param after the receiver's own word on how long to wait: a lower bound
   */
  void failed(long request, long now, String reason, @Nullable Duration after) {
    why = reason;
    failures++;
    boolean sameRound = failing && request <= lastOfRound;
    failing = true;
    if (failures >= limits.failureThreshold()) {
      open = true;
      publishedOpen = true;
    }
    if (sameRound) {
      notBefore = Math.max(notBefore, now + lowerBound(after));
    } else {
      beginRound(request, now, lowerBound(after));
    }
  }

  void refusedUs(long request, long now, String reason) {
    boolean sameRound = paused && request <= lastOfRound;
    why = reason;
    paused = true;
    if (!sameRound) {
      beginRound(request, now, 0);
    }
  }

  private void beginRound(long request, long now, long atLeastNanos) {
    rounds++;
    lastOfRound = requests;
    closingSuccesses = 0;
    allowed = 1;
    long next = nextAttempt(now);
    notBefore = Math.max(request <= beganBeforeChange ? now : next, now + atLeastNanos);
  }

  private long nextAttempt(long now) {
    if (open && limits.openNanos() > 0) {
      return now + limits.openNanos();
    }
    long intervalStart = Math.max(now, intervalEnd);
    intervalEnd = intervalStart + backoff.bound(rounds);
    return intervalStart + backoff.nanos(rounds);
  }

  /** The receiver's own word on how long to wait, in nanoseconds, where it is believed. */
  static long lowerBound(@Nullable Duration after) {
    // A receiver that says "in a year" would stop delivery without anybody noticing.
    return after == null ? 0 : Math.min(after.toNanos(), Duration.ofHours(1).toNanos());
  }

  /** Whether the last word of the receiver was a failure. */
  boolean isFailing() {
    return failing || paused;
  }

  boolean isPaused() {
    return paused;
  }

  /** Whether one more request may be sent, now or once {@link #notBefore} has come. */
  boolean allows(int inFlight) {
    return inFlight < (isFailing() || open ? 1 : Math.min(allowed, limits.workers()));
  }

  long notBefore() {
    return notBefore;
  }

  /** The last failure, for people; from any thread. */
  @Nullable String why() {
    return why;
  }

  /** From any thread. */
  boolean isOpen() {
    return publishedOpen;
  }
}
