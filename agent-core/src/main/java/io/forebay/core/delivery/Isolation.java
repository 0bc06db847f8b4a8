package io.forebay.core.delivery;

import io.forebay.core.delivery.DeliverySnapshot.HeldBack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the item whose requests keep failing while those of others succeed. Such a parcel is set
 * aside after its first failure of this kind, is sent in a slot of its own from then on, is
 * bisected after a number of attempts, and ends as a dead letter. On the loop only.
 *
 * <p>A failure counts only between two successes: the receiver was well when it came, and the next
 * answer to another request that began after it is a success too. So an outage, in which nothing
 * succeeds, counts nothing; and a receiver that fails at random with a probability {@code f} has
 * {@code n} failures of one item counted before its first success with a probability below {@code
 * (f (1 - f) / (1 + f (1 - f)))^n}, which is {@code 0.2^n} at the most.
 *
 * <p>In strict order nothing is set aside, for all that follows waits: see {@link #blocked}.
 */
final class Isolation {

  private static final Logger log = LoggerFactory.getLogger(Isolation.class);

  /** Each may hold a frame of the queue in memory. */
  private static final int MAX_ASIDE = 64;

  private static final long NEVER = Long.MIN_VALUE;

  /** Where one bad item was, more will come. */
  private static final long WARY_NANOS = Duration.ofMinutes(10).toNanos();

  private final String node;
  private final Limits limits;
  private final RetryList retries;
  private final DeadLetters deadLetters;
  private long lastDelivered;
  private long lastSetAside = NEVER;
  private boolean doubted;
  private @Nullable Parcel front;

  Isolation(String node, Limits limits, RetryList retries, DeadLetters deadLetters) {
    this.node = node;
    this.limits = limits;
    this.retries = retries;
    this.deadLetters = deadLetters;
  }

  /** A request was delivered: what failed before it began failed while others succeed. */
  void delivered(Parcel by, long now) {
    lastDelivered = Math.max(lastDelivered, by.request);
    doubted = false;
    if (limits.isolateAfter() == 0) {
      return;
    }
    if (limits.strict()) {
      front = null;
      return;
    }
    for (Parcel parcel : retries.unwitnessed(by.request)) {
      parcel.unwitnessed = false;
      parcel.lonelyFailures++;
      setAside(parcel, now);
      judge(parcel, now);
    }
  }

  /** A request failed that speaks for the receiver: failures shortly before it prove nothing. */
  void failed(Parcel by) {
    for (Parcel parcel : retries.unwitnessed(by.request)) {
      parcel.unwitnessed = false;
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
    parcel.unwitnessed = whileWell && limits.isolateAfter() > 0 && !limits.strict();
    parcel.failedAt = limits.strict() && parcel.failedAt != 0 ? parcel.failedAt : lastRequest;
    parcel.lastFailure = why;
    if (limits.strict()) {
      noteFront(parcel, why);
    } else if (whileWell && parcel.aside && parcel.items() > 1) {
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
    if (doubted || !wary || retries.aside() >= MAX_ASIDE) {
      return false;
    }
    doubted = true;
    if (parcel.isLeased() || !limits.hasQueue()) {
      setAside(parcel, now);
    }
    return true;
  }

  private void setAside(Parcel parcel, long now) {
    if (!parcel.aside && retries.aside() < MAX_ASIDE) {
      lastSetAside = now;
      parcel.aside = true;
      // Where too much would wait, it does not wait for its number of attempts.
      parcel.isolating |= heldBytes() > limits.memoryBytes();
    }
  }

  private long heldBytes() {
    Set<Owner> owners = Collections.newSetFromMap(new IdentityHashMap<>());
    long[] sum = {0};
    retries.forEachAside(
        parcel -> {
          for (Slice slice : parcel.slices()) {
            if (owners.add(slice.owner())) {
              sum[0] +=
                  slice.owner() instanceof Owner.Leased leased
                      ? leased.lease().bytes().length
                      : slice.bytes();
            }
          }
        });
    return sum[0];
  }

  private void judge(Parcel parcel, long now) {
    boolean enough = parcel.lonelyFailures >= limits.isolateAfter();
    if (parcel.items() > 1) {
      if (parcel.isolating || enough) {
        bisect(parcel, now);
      }
    } else if (enough) {
      retries.replace(parcel, null);
      log.warn(
          "{}: {} failed {} times by itself while others were delivered, and goes to the dead"
              + " letters: {}",
          node,
          name(parcel),
          parcel.lonelyFailures,
          parcel.lastFailure);
      deadLetters.bury(parcel, "poison: " + parcel.lastFailure);
    }
  }

  private void bisect(Parcel parcel, long now) {
    if (!parcel.isolating) {
      log.info(
          "{}: {} failed {} times while others were delivered, and are bisected: {}",
          node,
          name(parcel),
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
      piece.notBefore = now;
      retries.addLast(piece);
    }
  }

  private void noteFront(Parcel parcel, String why) {
    if (limits.isolateAfter() == 0 || parcel.attempts < limits.isolateAfter()) {
      front = null;
      return;
    }
    boolean known = front != null;
    front = parcel;
    if (!known) {
      log.warn(
          "{}: {} failed {} times, and strict_ordering keeps all that follows waiting: {}",
          node,
          name(parcel),
          parcel.attempts,
          why);
    }
  }

  /**
   * Whether in strict order the parcel has failed so often that less of it is worth a try: what
   * comes before the bad item gets through, and the number of the bad one becomes known.
   */
  boolean blocked(Parcel parcel) {
    return limits.strict() && limits.isolateAfter() > 0 && parcel.attempts >= limits.isolateAfter();
  }

  HeldBack heldBack() {
    Parcel blocking = front;
    if (blocking != null && blocking.failedAt < lastDelivered) {
      return new HeldBack(blocking.items(), true);
    }
    long items = retries.asideItems();
    return items == 0 ? HeldBack.NOTHING : new HeldBack(items, false);
  }

  /** What is held back and why, for people; null when nothing is. */
  @Nullable String why() {
    Parcel blocking = front;
    if (blocking != null) {
      String what =
          blocking.lastFailure + "; " + name(blocking) + " failed " + blocking.attempts + " times";
      return what
          + (blocking.failedAt < lastDelivered
              ? " while what came before was delivered, and strict_ordering keeps all that follows"
                  + " waiting. To make a dead letter of it: stop the agent, and forebay queue skip"
                  + " -c FILE "
                  + node
                  + " --to "
                  + last(blocking)
              : ", and strict_ordering keeps all that follows waiting; should the receiver take"
                  + " other data, see 'One batch keeps failing' in docs/OPERATIONS.md");
    }
    Parcel first = retries.firstAside();
    if (first == null) {
      return null;
    }
    long items = retries.asideItems();
    return (items == 1 ? "1 item is" : items + " items are")
        + " held back, since requests with them fail while others succeed: "
        + first.lastFailure
        + " ("
        + name(first)
        + ", "
        + first.attempts
        + " attempts)";
  }

  private static String name(Parcel parcel) {
    int items = parcel.items();
    String what = items == 1 ? "1 item" : items + " items";
    long first = parcel.firstSequence();
    if (first == Slice.UNNUMBERED) {
      return what;
    }
    return what + " of sequence " + (items == 1 ? first : first + " to " + last(parcel));
  }

  private static long last(Parcel parcel) {
    return parcel.sequenceEnd() - 1;
  }
}
