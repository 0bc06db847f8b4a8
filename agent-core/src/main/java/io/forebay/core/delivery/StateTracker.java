package io.forebay.core.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Remembers the state and tells of its changes: to the listener each, to the log each unless they
 * come so fast that they would flood it, and once a minute while something stays wrong.
 */
final class StateTracker {

  /** The state at one moment. */
  record Status(
      DeliveryState state,
      Instant since,
      @Nullable String why,
      boolean circuitOpen,
      int inFlightRequests,
      DeliverySnapshot.HeldBack heldBack) {}

  private static final Logger log = LoggerFactory.getLogger(StateTracker.class);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int LINES_A_MINUTE = 10;

  private final String node;
  private final DeliveryListener listener;
  private final Clock clock;
  private DeliveryState state = DeliveryState.DIRECT;
  private Instant since;
  private long minuteBegan = Long.MIN_VALUE;
  private int linesThisMinute;
  private int unsaid;
  private long remindAt = Mailbox.NEVER;
  private volatile Status status;

  StateTracker(String node, DeliveryListener listener, Clock clock) {
    this.node = node;
    this.listener = listener;
    this.clock = clock;
    this.since = clock.instant();
    this.status = new Status(state, since, null, false, 0, DeliverySnapshot.HeldBack.NOTHING);
  }

  /** As of the last step of the loop; from any thread. */
  Status status() {
    return status;
  }

  DeliveryState state() {
    return state;
  }

  /** Notes the number of requests under way, where nothing else is told. On the loop only. */
  void updateInFlight(int inFlight) {
    Status last = status;
    if (last.inFlightRequests() != inFlight) {
      status =
          new Status(
              last.state(),
              last.since(),
              last.why(),
              last.circuitOpen(),
              inFlight,
              last.heldBack());
    }
  }

  /**
   * Notes how things are. On the loop only.
   *
   * @param whereabouts where the items are, for people; asked only when something is told
   * @return when to call again though nothing else happened
   */
  long update(
      DeliveryState next,
      @Nullable String why,
      boolean circuitOpen,
      int inFlight,
      DeliverySnapshot.HeldBack heldBack,
      Supplier<String> whereabouts,
      double drainRate,
      long now) {
    if (next != state) {
      DeliveryState last = state;
      state = next;
      since = clock.instant();
      String reason = why == null ? reasonOf(last, next) : why;
      say(last, next, reason, whereabouts, drainRate, now);
      listener.onTransition(last, next, reason);
      remindAt = why == null ? Mailbox.NEVER : now + MINUTE_NANOS;
    } else if (why == null) {
      remindAt = Mailbox.NEVER;
    } else if (remindAt == Mailbox.NEVER) {
      remindAt = now + MINUTE_NANOS;
    } else if (now >= remindAt) {
      remindAt = now + MINUTE_NANOS;
      log.warn("{}: still {} since {}: {}; {}", node, state, since, why, whereabouts.get());
    }
    Status last = status;
    if (last.state() != state
        || last.circuitOpen() != circuitOpen
        || last.inFlightRequests() != inFlight
        || !last.heldBack().equals(heldBack)
        || !Objects.equals(last.why(), why)) {
      status = new Status(state, since, why, circuitOpen, inFlight, heldBack);
    }
    return remindAt;
  }

  private void say(
      DeliveryState from,
      DeliveryState to,
      String reason,
      Supplier<String> whereabouts,
      double drainRate,
      long now) {
    if (minuteBegan == Long.MIN_VALUE || now - minuteBegan >= MINUTE_NANOS) {
      if (unsaid > 0) {
        log.info("{}: {} more changes of state in the last minute", node, unsaid);
      }
      minuteBegan = now;
      linesThisMinute = 0;
      unsaid = 0;
    }
    if (++linesThisMinute > LINES_A_MINUTE) {
      unsaid++;
      return;
    }
    boolean bad = to == DeliveryState.PAUSED || to == DeliveryState.SPILLING;
    log.atLevel(bad ? Level.WARN : Level.INFO)
        .log(
            "{}: {} -> {}: {}; {}, drained at {} items/s",
            node,
            from,
            to,
            reason,
            whereabouts.get(),
            Math.round(drainRate));
  }

  private static String reasonOf(DeliveryState from, DeliveryState to) {
    return switch (to) {
      case DIRECT ->
          from == DeliveryState.DRAINING ? "the backlog has been sent" : "it is well again";
      case DRAINING -> from == DeliveryState.DIRECT ? "there is a backlog" : "it is well again";
      case SPILLING -> "memory is filling up";
      case PAUSED -> "the receiver refuses us";
    };
  }
}
