package io.forebay.core.telemetry;

import io.forebay.core.delivery.DeliverySnapshot;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A delivery's snapshot, taken again once it is a little old: the meters of one scrape then agree
 * with each other. Thread safe; a race takes two snapshots and keeps the later one.
 */
final class RecentSnapshot {

  /** Longer than a scrape takes, too short for people to notice. */
  private static final long MAX_AGE_NANOS = 50_000_000;

  private record Taken(DeliverySnapshot snapshot, long nanos) {}

  private final Supplier<DeliverySnapshot> source;
  private final AtomicReference<@Nullable Taken> taken = new AtomicReference<>();

  RecentSnapshot(Supplier<DeliverySnapshot> source) {
    this.source = source;
  }

  /** At most 50 ms old, and no older than what {@link #fresh} last gave. */
  DeliverySnapshot get() {
    Taken last = taken.get();
    if (last == null || System.nanoTime() - last.nanos > MAX_AGE_NANOS) {
      return fresh();
    }
    return last.snapshot;
  }

  /** Taken now, and kept for who asks next. */
  DeliverySnapshot fresh() {
    // The time comes first: a snapshot must not be held for later than it is.
    long now = System.nanoTime();
    Taken next = new Taken(source.get(), now);
    taken.accumulateAndGet(next, RecentSnapshot::later);
    return next.snapshot;
  }

  private static Taken later(@Nullable Taken kept, Taken next) {
    return kept == null || next.nanos - kept.nanos >= 0 ? next : kept;
  }
}
