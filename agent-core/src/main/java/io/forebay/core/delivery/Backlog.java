package io.forebay.core.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What comes back from the queue on disk: reads ahead a little, so that a worker need not wait for
 * the disk. Leases are never given back; what is still out at the end stays in the queue. On the
 * loop only.
 */
final class Backlog {

  /** How long to leave the queue alone after it said there is something and then gave nothing. */
  private static final long EMPTY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final QueueGateway gateway;
  private final boolean writesAhead;
  private final Limits limits;
  private final Backoff backoff;
  private final LongSupplier nanos;
  private final Deque<Parcel> fetched = new ArrayDeque<>();
  private boolean fetching;
  private long quietUntil = Long.MIN_VALUE;
  private int failures;
  private @Nullable String why;

  private boolean recovering;
  private long unreadItems;
  // Items are counted, bytes are estimated: an item weighs differently before and after its
  // encoding.
  private double bytesPerItem;
  private boolean unreadAwaited;
  private long unreadSince;
  private long lingerUntil;

  /**
   * @param writesAhead whether all data passes through the queue, so that there is a backlog in
   *     health too
   */
  Backlog(
      QueueGateway gateway,
      boolean writesAhead,
      Limits limits,
      Backoff backoff,
      LongSupplier nanos) {
    this.gateway = gateway;
    this.writesAhead = writesAhead;
    this.limits = limits;
    this.backoff = backoff;
    this.nanos = nanos;
  }

  /** Something went wrong, so what gathers from now on is a backlog that is to be drained. */
  void beginRecovering() {
    recovering = true;
  }

  /**
   * Whether what is read was held up by a failure, rather than just written ahead of being sent.
   */
  boolean isRecovering() {
    return recovering || !writesAhead;
  }

  void onStored(Parcel parcel) {
    long now = nanos.getAsLong();
    if (unreadItems == 0) {
      unreadSince = now;
    }
    lingerUntil = limits.lingerUntil(unreadSince, now);
    if (unreadItems == 0 && parcel.items() > 0) {
      bytesPerItem = (double) parcel.bytes() / parcel.items();
    }
    unreadItems += parcel.items();
    for (Slice slice : parcel.slices()) {
      unreadAwaited |= slice.isAwaited();
    }
    quietUntil = Long.MIN_VALUE;
  }

  void onReady() {
    quietUntil = Long.MIN_VALUE;
  }

  @Nullable Parcel peek() {
    return fetched.peekFirst();
  }

  /** Replaces what {@link #peek} gave by its rest, or by nothing. */
  void took(@Nullable Parcel rest) {
    fetched.removeFirst();
    if (rest != null) {
      fetched.addFirst(rest);
    }
  }

  /** Whether nothing is read or being read. */
  boolean isIdle() {
    return fetched.isEmpty() && !fetching;
  }

  boolean hasCaughtUp() {
    return isIdle() && !gateway.hasReady();
  }

  /** What is wrong with reading, for people; null when nothing is. */
  @Nullable String why() {
    return why;
  }

  /**
   * Reads ahead where fewer than {@code wanted} parcels are at hand.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now, int wanted, boolean atOnce, int maxItems, long maxBytes) {
    if (recovering && hasCaughtUp()) {
      recovering = false;
    }
    if (fetching || fetched.size() >= wanted || !gateway.hasReady()) {
      return Mailbox.NEVER;
    }
    if (now < quietUntil) {
      return quietUntil;
    }
    boolean due =
        atOnce
            || isRecovering()
            || unreadItems == 0
            || unreadItems >= maxItems
            || unreadItems * bytesPerItem >= maxBytes
            || unreadAwaited
            || now >= lingerUntil;
    if (!due) {
      return lingerUntil;
    }
    fetching = true;
    gateway.fetch(maxItems, maxBytes, this::onFetched);
    return Mailbox.NEVER;
  }

  private void onFetched(QueueGateway.Fetched result) {
    fetching = false;
    long now = nanos.getAsLong();
    if (!result.slices().isEmpty()) {
      Parcel parcel = new Parcel(result.slices());
      fetched.addLast(parcel);
      boolean more = gateway.hasReady();
      unreadItems = more ? Math.max(unreadItems - parcel.items(), 0) : 0;
      bytesPerItem = (double) parcel.bytes() / parcel.items();
      unreadAwaited &= more;
      unreadSince = now;
      lingerUntil = limits.lingerUntil(now, now);
    }
    if (result.cause() != null) {
      failures++;
      quietUntil = now + backoff.nanos(failures);
      why = "the queue cannot be read: " + result.cause().getMessage();
    } else {
      failures = 0;
      why = null;
      if (result.slices().isEmpty()) {
        quietUntil = now + EMPTY_PAUSE_NANOS;
      }
    }
  }
}
