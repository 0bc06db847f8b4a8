package io.forebay.core.delivery;

import io.forebay.queue.Overflow;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of items that come while the file system has no room and memory is full as well: the
 * queue can then hold no more than it does, and its overflow policy says what is given up. On the
 * loop only.
 */
final class FullDisk {

  private final @Nullable Overflow overflow;
  private final Spill spill;
  private final MemoryGauge gauge;
  private final Settlement settlement;

  /**
   * @param overflow null where there is no queue
   */
  FullDisk(@Nullable Overflow overflow, Spill spill, MemoryGauge gauge, Settlement settlement) {
    this.overflow = overflow;
    this.spill = spill;
    this.gauge = gauge;
    this.settlement = settlement;
  }

  /** Whether sources are not slowed though memory is full, since something is given up for it. */
  boolean dropsForRoom() {
    return spill.isDiskFull() && overflow != null && overflow != Overflow.BLOCK;
  }

  /** Puts items that go to disk behind those that wait, or gives some up. */
  void add(Slice slice) {
    if (!dropsForRoom() || !gauge.stalls()) {
      spill.buffer().add(slice);
    } else if (overflow == Overflow.DROP_NEWEST) {
      drop(new Parcel(List.of(slice)), Overflow.DROP_NEWEST);
    } else {
      spill.buffer().add(slice);
      while (gauge.stalls()) {
        Parcel oldest = spill.buffer().take(slice.count(), Long.MAX_VALUE);
        if (oldest == null) {
          return;
        }
        drop(oldest, Overflow.DROP_OLDEST);
      }
    }
  }

  private void drop(Parcel parcel, Overflow policy) {
    settlement.dropped(
        parcel, policy.name().toLowerCase(Locale.ROOT).replace("drop_", "overflow_"));
  }
}
