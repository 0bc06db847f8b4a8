package io.forebay.core.delivery;

import java.time.Duration;

/**
 * How large a request may be: as configured; smaller for a while after the receiver found one too
 * large; and a small part of it, doubling with each success, after an outage, when the receiver
 * said that it is asked for too much, or to find out which item fails. On the loop only.
 */
final class BatchBounds {

  private static final long REMEMBERED_NANOS = Duration.ofMinutes(10).toNanos();

  /** A sixteenth: full size is back after four requests. */
  private static final int SLOW_START_HALVINGS = 4;

  private static final int MOST_HALVINGS = 10;

  private final int configuredItems;
  private final long configuredBytes;
  private int items;
  private long bytes;
  private int halvings;
  private int narrowed = Integer.MAX_VALUE;
  private long until = Long.MIN_VALUE;

  BatchBounds(int items, long bytes) {
    this.configuredItems = items;
    this.configuredBytes = bytes;
    this.items = items;
    this.bytes = bytes;
  }

  void tooLarge(Parcel parcel, long now) {
    items = Math.min(items, Math.max(parcel.items() / 2, 1));
    bytes = Math.min(bytes, Math.max(parcel.bytes() / 2, 1));
    until = now + REMEMBERED_NANOS;
  }

  void delivered() {
    halvings = Math.max(halvings - 1, 0);
    narrowed = narrowed > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : narrowed * 2;
  }

  /** The receiver is there, and asked for too much. */
  void overloaded() {
    halvings = Math.min(halvings + 1, MOST_HALVINGS);
  }

  /** The receiver is not there; when it is back it may have to start slowly. */
  void unreachable() {
    halvings = Math.max(halvings, SLOW_START_HALVINGS);
  }

  /** No more than half of what failed is tried next, to find out which item fails. */
  void narrow(Parcel failed) {
    narrowed = Math.min(narrowed, Math.max(failed.items() / 2, 1));
  }

  /** Of what has failed. */
  int itemsAgain(long now) {
    return Math.min(items(now), narrowed);
  }

  int items(long now) {
    forget(now);
    // No bound on the items: then the bytes bound them.
    return items == Integer.MAX_VALUE ? items : Math.max(items >> halvings, 1);
  }

  long bytes(long now) {
    forget(now);
    return Math.max(bytes >> halvings, 1);
  }

  private void forget(long now) {
    if (until != Long.MIN_VALUE && now >= until) {
      until = Long.MIN_VALUE;
      items = configuredItems;
      bytes = configuredBytes;
    }
  }
}
