package io.forebay.core.delivery;

import java.time.Duration;

/**
 * How large a request may be: as configured, and smaller for a while after the receiver found one
 * too large. On the loop only.
 */
final class BatchBounds {

  private static final long REMEMBERED_NANOS = Duration.ofMinutes(10).toNanos();

  private final int configuredItems;
  private final long configuredBytes;
  private int items;
  private long bytes;
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

  int items(long now) {
    forget(now);
    return items;
  }

  long bytes(long now) {
    forget(now);
    return bytes;
  }

  private void forget(long now) {
    if (until != Long.MIN_VALUE && now >= until) {
      until = Long.MIN_VALUE;
      items = configuredItems;
      bytes = configuredBytes;
    }
  }
}
