package io.forebay.core.delivery;

import io.forebay.core.delivery.Owner.Leased;
import io.forebay.core.delivery.Owner.Share;
import java.time.Clock;
import java.util.List;

/**
 * Ends the life of items here, in one of the ways there are: tells their owner, keeps the ledger,
 * frees the memory. On the loop only.
 */
final class Settlement {

  private final Ledger ledger;
  private final MemoryGauge gauge;
  private final DeliveryListener listener;
  private final Clock clock;

  Settlement(Ledger ledger, MemoryGauge gauge, DeliveryListener listener, Clock clock) {
    this.ledger = ledger;
    this.gauge = gauge;
    this.listener = listener;
    this.clock = clock;
  }

  void delivered(Parcel parcel) {
    long now = clock.millis();
    List<Slice> slices = parcel.slices();
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      int left = leave(slice);
      if (left > 0) {
        ledger.delivered(left, slice.bytes(), now);
      }
    }
  }

  /** The dead letter of the items is durable. */
  void deadLettered(Parcel parcel) {
    for (Slice slice : parcel.slices()) {
      int left = leave(slice);
      if (left > 0) {
        ledger.deadLettered(left, clock.millis());
        listener.onDeadLettered(left, slice.bytes());
      }
    }
  }

  void dropped(Parcel parcel, String reason) {
    for (Slice slice : parcel.slices()) {
      int left = leave(slice);
      if (left > 0) {
        ledger.dropped(left, clock.millis());
        listener.onDropped(reason, left, slice.bytes());
      }
    }
  }

  /** The queue gave records up on its own, none of which is leased any more. */
  void droppedByQueue(String reason, long records, long bytes) {
    ledger.leftQueue(records);
    ledger.dropped(records, clock.millis());
    listener.onDropped(reason, records, bytes);
  }

  /** The items, which were in memory, are durable in the queue. */
  void stored(Parcel parcel) {
    for (Slice slice : parcel.slices()) {
      gauge.remove(slice.count(), slice.bytes());
      ledger.stored(slice.count(), slice.bytes());
      Share share = slice.owner().share();
      if (share != null) {
        share.settle(slice.count());
      }
    }
  }

  /** The items, which are in memory, go back to their source: the agent stops. */
  void givenBack(Parcel parcel) {
    for (Slice slice : parcel.slices()) {
      gauge.remove(slice.count(), slice.bytes());
      ledger.leftMemory(slice.count(), slice.bytes());
      ledger.dropped(slice.count(), clock.millis());
      listener.onDropped("stopped", slice.count(), slice.bytes());
      Share share = slice.owner().share();
      if (share != null) {
        share.giveBack(slice.count());
      }
    }
  }

  /**
   * @return how many items that were; none when the queue is closed, which then still has them, or
   *     has counted them as dropped
   */
  private int leave(Slice slice) {
    if (slice.owner() instanceof Leased leased) {
      int left = leased.lease().acknowledge(slice.from(), slice.to());
      ledger.leftQueue(left);
      return left;
    }
    gauge.remove(slice.count(), slice.bytes());
    ledger.leftMemory(slice.count(), slice.bytes());
    Share share = slice.owner().share();
    if (share != null) {
      share.settle(slice.count());
    }
    return slice.count();
  }
}
