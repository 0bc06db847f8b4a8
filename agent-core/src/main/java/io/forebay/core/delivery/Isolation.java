package io.forebay.core.delivery;

import io.forebay.core.delivery.DeliverySnapshot.HeldBack;
import io.forebay.core.item.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the item whose requests keep failing while those of others succeed. Such a parcel is set
 * aside after its first failure of this kind, is sent in a slot of its own from then on, is
 * bisected after a number of attempts, and ends as a dead letter. On the loop only.
 *
 * <p>A failure counts only between two successes: the receiver was well when it came, and of all
 * other requests that began after it the first to end is a success too. What fails again meanwhile
 * has failed once. So an outage, in which nothing succeeds, counts for no more than one failure.
 *
 * <p>A receiver that fails at random with a probability {@code f} has {@code m} failures of one
 * item counted before its first success with a probability below {@code f^m}. The {@code m} that
 * are asked for grow with the share of requests that fail, so that this is below {@code 0.2^n},
 * with {@code n} the attempts of the configuration, whatever {@code f} is: see {@link
 * FailureShare}.
 *
 * <p>In strict order nothing is set aside, for all that follows waits: see {@link Blockage}.
 */
final class Isolation {

  private static final Logger log = LoggerFactory.getLogger(Isolation.class);

  private static final long NEVER = Long.MIN_VALUE;

  /** Before that nobody is named: most failures are over by then. */
  static final int NAMED_AFTER = 3;

  /** Where one bad item was, more will come. */
  private static final long WARY_NANOS = Duration.ofMinutes(10).toNanos();

  private final String node;
  private final Limits limits;
  private final RetryList retries;
  private final DeadLetters deadLetters;
  private final PoisonLog burials;
  private final FailureShare failureShare = new FailureShare();
  private long lastDelivered;
  private long lastSetAside = NEVER;
  private boolean doubted;
  private @Nullable Parcel onlyFailing;
  private int failedInARow;
  private int failedSinceDelivered;

  Isolation(
      String node, Limits limits, RetryList retries, DeadLetters deadLetters, PoisonLog burials) {
    this.node = node;
    this.limits = limits;
    this.retries = retries;
    this.deadLetters = deadLetters;
    this.burials = burials;
  }

  /** A request ended that began while the receiver was well. */
  void sample(Parcel parcel, boolean failed) {
    if (!parcel.sampled) {
      parcel.sampled = true;
      failureShare.note(failed);
    }
  }

  /** A request was delivered: what failed before it began failed while others succeed. */
  void delivered(Parcel by, long now) {
    lastDelivered = Math.max(lastDelivered, by.request);
    doubted = false;
    onlyFailing = null;
    failedSinceDelivered = 0;
    if (limits.isolateAfter() == 0 || limits.strict()) {
      return;
    }
    for (Parcel parcel : retries.unwitnessed(by.request)) {
      parcel.unwitnessed = false;
      parcel.lonelyFailures += parcel.contested ? 0 : 1;
      setAside(parcel, now);
      parcel.contested = false;
      judge(parcel, now);
    }
  }

  /**
   * A request failed that speaks for the receiver: failures of others shortly before it prove
   * nothing. Where it is one that had failed before, it may be a bad one itself, so that what
   * failed may still be set aside, which costs nothing.
   *
   * @param by not in the retry list: to its own failures this one adds nothing
   */
  void failed(Parcel by) {
    failedSinceDelivered++;
    failedInARow = by == onlyFailing ? failedInARow + 1 : 1;
    onlyFailing = by;
    disprove(by, by.attempts > 1);
  }

  /** The receiver refused us, not the data: failures of others shortly before prove nothing. */
  void refusedUs(Parcel by) {
    disprove(by, false);
  }

  private void disprove(Parcel by, boolean mayBeBad) {
    for (Parcel parcel : retries.unwitnessed(by.request)) {
      parcel.contested = mayBeBad;
      parcel.unwitnessed = mayBeBad;
    }
  }

  /**
   * A request of the parcel, which waits in the retry list by now, failed.
   *
   * @param whileWell whether the last word of the receiver before it was none of failure
   * @param lastRequest number of the last request that has begun
   */
  void noteFailure(Parcel parcel, String why, boolean whileWell, long lastRequest, long now) {
    boolean othersSince = parcel.failedAt != 0 && lastDelivered > parcel.failedAt;
    // What fails again and again, with nobody else tried between, has failed once.
    parcel.unwitnessed |= whileWell && limits.isolateAfter() > 0;
    parcel.failedAt = lastRequest;
    parcel.lastFailure = why;
    if (whileWell && parcel.aside && parcel.items() > 1) {
      // Bisecting loses nothing, so that less proof will do for it.
      if (parcel.isolating ? othersSince : parcel.attempts >= limits.isolateAfter()) {
        bisect(parcel, now);
      }
    }
  }

  /**
   * Whether a failure may as well be the parcel's as the receiver's, since items were set aside of
   * late: so for the first one after each success. Then the parcel is set aside at once, where it
   * can be.
   */
  boolean doubts(Parcel parcel, long now) {
    boolean wary = lastSetAside != NEVER && now - lastSetAside < WARY_NANOS;
    if (doubted || !wary || !retries.takesAside()) {
      return false;
    }
    doubted = true;
    if (parcel.isLeased() || !limits.hasQueue()) {
      setAside(parcel, now);
    }
    return true;
  }

  /**
   * Whether the next request should be for half of the parcel, whose request failed: it has failed
   * often, and nothing is delivered that would show whether the receiver is well. If it is, what is
   * good in the parcel shows it; else no more is lost than the size of an attempt.
   */
  boolean narrows(Parcel parcel) {
    return !limits.strict()
        && limits.isolateAfter() > 0
        && parcel.attempts >= limits.isolateAfter()
        && failedSinceDelivered >= Math.min(NAMED_AFTER, limits.isolateAfter());
  }

  private void setAside(Parcel parcel, long now) {
    if (!parcel.aside && retries.takesAside()) {
      lastSetAside = now;
      parcel.aside = true;
      // Where too much would wait, it does not wait for its number of attempts.
      parcel.isolating |= retries.heldBytes(true) > limits.memoryBytes();
    }
  }

  private void judge(Parcel parcel, long now) {
    if (parcel.items() > 1) {
      if (parcel.isolating || parcel.lonelyFailures >= limits.isolateAfter()) {
        bisect(parcel, now);
      }
    } else if (parcel.lonelyFailures >= failureShare.proof(limits.isolateAfter())) {
      retries.replace(parcel, null);
      burials.tell(parcel, now);
      deadLetters.bury(parcel, "poison: " + parcel.lastFailure);
    }
  }

  private void bisect(Parcel parcel, long now) {
    if (!parcel.isolating) {
      log.info(
          "{}: {} failed {} times while others were delivered, and are bisected: {}",
          node,
          parcel.name(),
          parcel.attempts,
          parcel.lastFailure);
    }
    int half = parcel.items() / 2;
    List<Parcel> pieces = new ArrayList<>(2);
    pieces.add(parcel.first(half));
    pieces.add(parcel.rest(half));
    retries.replace(parcel, null);
    for (Parcel piece : pieces) {
      piece.isolating = true;
      piece.sampled = false;
      piece.notBefore = now;
      retries.addLast(piece);
    }
  }

  /**
   * @param underWay the parcel set aside whose request is under way, if there is one
   * @param left all that is neither delivered nor given up
   */
  HeldBack heldBack(@Nullable Parcel underWay, long left) {
    long items = asideItems(underWay);
    boolean stuck = isStuck(underWay, left);
    return items == 0 && !stuck ? HeldBack.NOTHING : new HeldBack(items, false, stuck);
  }

  private boolean isStuck(@Nullable Parcel underWay, long left) {
    int least = limits.isolateAfter();
    return left > 0
        && least > 0
        && lastDelivered > 0
        && (underWay == null || (underWay.items() == 1 && underWay.ownFailures >= least))
        && retries.singles(least) + (underWay == null ? 0 : 1) == left;
  }

  /** Of what is set aside, the items that are on disk. */
  long heldOnDisk(@Nullable Parcel underWay) {
    return limits.hasQueue() ? asideItems(underWay) : 0;
  }

  private long asideItems(@Nullable Parcel underWay) {
    return retries.asideItems() + (underWay == null ? 0 : underWay.items());
  }

  /** Why the receiver fails, and that it may be the fault of what was tried, where it may. */
  String doubting(String why) {
    Parcel only = onlyFailing;
    return only == null || failedInARow < NAMED_AFTER
        ? why
        : why
            + "; the last "
            + failedInARow
            + " requests were all for "
            + only.name()
            + ": whether it is the fault of the receiver or of the data shows once there is other"
            + " data";
  }

  /**
   * What is held back and why, for people; null when nothing is.
   *
   * @param underWay the parcel set aside whose request is under way, if there is one
   */
  @Nullable String why(@Nullable Parcel underWay) {
    Parcel waiting = retries.firstAside();
    Parcel first = waiting == null ? underWay : waiting;
    if (first == null) {
      return null;
    }
    long items = asideItems(underWay);
    return (items == 1 ? "1 item is" : items + " items are")
        + " held back, since requests with "
        + (items == 1 ? "it" : "them")
        + " fail while others succeed: "
        + first.lastFailure
        + " ("
        + first.name()
        + ", "
        + Counted.of(first.attempts, "attempt")
        + ")";
  }
}
