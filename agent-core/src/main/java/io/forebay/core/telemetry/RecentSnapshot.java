package io.forebay.core.telemetry;

import io.forebay.core.delivery.DeliverySnapshot;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A delivery's snapshot, taken again once it is a little old: the meters of one scrape then agree
 * with each other. Thread safe; a race takes two snapshots and keeps one.
 */
final class RecentSnapshot {

  /** Longer than a scrape takes, too short for people to notice. */
  private static final long MAX_AGE_NANOS = 50_000_000;

  private record Taken(DeliverySnapshot snapshot, long nanos) {}

  private final Supplier<DeliverySnapshot> source;
  private volatile @Nullable Taken taken;

  RecentSnapshot(Supplier<DeliverySnapshot> source) {
    this.source = source;
  }

  DeliverySnapshot get() {
    long now = System.nanoTime();
    Taken last = taken;
    if (last == null || now - last.nanos > MAX_AGE_NANOS) {
      last = new Taken(source.get(), now);
      taken = last;
    }
    return last.snapshot;
  }
}
