package io.forebay.core.delivery;

import io.forebay.core.delivery.DeliverySnapshot.HeldBack;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names what fails in strict order, where all that follows waits for it. It stays in front; once it
 * has failed often, less and less of it is tried, so that what comes before the bad item gets
 * through and the number of the bad one becomes known. On the loop only.
 */
final class Blockage {

  private static final Logger log = LoggerFactory.getLogger(Blockage.class);

  private final String node;
  private final Limits limits;
  private final Ledger ledger;
  private long lastDelivered;
  private @Nullable Parcel front;

  Blockage(String node, Limits limits, Ledger ledger) {
    this.node = node;
    this.limits = limits;
    this.ledger = ledger;
  }

  void delivered(Parcel by) {
    lastDelivered = Math.max(lastDelivered, by.request);
    front = null;
  }

  /**
   * A request of the parcel, which is in front, failed.
   *
   * @param lastRequest number of the last request that has begun
   */
  void noteFailure(Parcel parcel, String why, long lastRequest) {
    parcel.failedAt = parcel.failedAt != 0 ? parcel.failedAt : lastRequest;
    parcel.lastFailure = why;
    int namedAfter = Math.min(Isolation.NAMED_AFTER, limits.isolateAfter());
    if (namedAfter == 0 || parcel.attempts < namedAfter) {
      front = null;
      return;
    }
    Parcel known = front;
    front = parcel;
    if (known == null || (parcel.items() == 1 && known.items() > 1)) {
      long behind = ledger.memoryItems() + ledger.queuedItems() - parcel.items();
      log.warn(
          "{}: {} failed {} times, and strict_ordering keeps all that follows, {} so far, waiting:"
              + " {}{}",
          node,
          parcel.name(),
          parcel.attempts,
          behind == 1 ? "1 item" : behind + " items",
          why,
          heldBack().blocking() ? wayOut(parcel) : "");
    }
  }

  /** Whether the parcel has failed so often that less of it is worth a try. */
  boolean narrows(Parcel parcel) {
    return limits.strict() && limits.isolateAfter() > 0 && parcel.attempts >= limits.isolateAfter();
  }

  /** What keeps all others waiting though the receiver takes data. */
  HeldBack heldBack() {
    Parcel blocking = front;
    return blocking != null && blocking.failedAt < lastDelivered
        ? new HeldBack(
            blocking.items(),
            true,
            blocking.items() == 1 && blocking.ownFailures >= limits.isolateAfter())
        : HeldBack.NOTHING;
  }

  /** What waits in front and why, for people; null when nothing does. */
  @Nullable String why() {
    Parcel blocking = front;
    if (blocking == null) {
      return null;
    }
    return blocking.lastFailure
        + "; "
        + blocking.name()
        + " failed "
        + blocking.attempts
        + " times"
        + (blocking.failedAt < lastDelivered
            ? " while what came before was delivered, and strict_ordering keeps all that follows"
                + " waiting"
                + wayOut(blocking)
            : ", and strict_ordering keeps all that follows waiting; should the receiver take other"
                + " data, see 'One batch keeps failing' in docs/OPERATIONS.md");
  }

  /** To skip all of what fails together would bury what is good in it. */
  private String wayOut(Parcel blocking) {
    if (blocking.items() == 1) {
      return ". To make a dead letter of it: stop the agent, and forebay queue skip -c FILE "
          + node
          + " --to "
          + blocking.lastSequence();
    }
    return "; the bad one among them is being looked for";
  }
}
