package io.forebay.core.delivery;

import io.forebay.core.delivery.Owner.Leased;
import io.forebay.core.delivery.Owner.Share;
import java.time.Clock;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Ends the life of items here, in one of the ways there are: tells their owner, keeps the ledger,
 * frees the memory. On the loop only.
 */
final class Settlement {

  private final Ledger ledger;
  private final MemoryGauge gauge;
  private final DeliveryListener listener;
  private final Clock clock;
  private final LongSupplier frontier;

  /**
   * @param frontier the queue's frontier: records below it are acknowledged or dropped
   */
  Settlement(
      Ledger ledger,
      MemoryGauge gauge,
      DeliveryListener listener,
      Clock clock,
      LongSupplier frontier) {
    this.ledger = ledger;
    this.gauge = gauge;
    this.listener = listener;
    this.clock = clock;
    this.frontier = frontier;
  }

  void delivered(Parcel parcel) {
    long now = clock.millis();
    List<Slice> slices = parcel.slices();
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      if (leave(slice)) {
        ledger.delivered(slice.count(), slice.bytes(), now);
      }
    }
  }

  /** The dead letter of the items is durable. */
  void deadLettered(Parcel parcel) {
    for (Slice slice : parcel.slices()) {
      if (leave(slice)) {
        ledger.deadLettered(slice.count(), clock.millis());
        listener.onDeadLettered(slice.count(), slice.bytes());
      }
    }
  }

  void dropped(Parcel parcel, String reason) {
    for (Slice slice : parcel.slices()) {
      if (leave(slice)) {
        ledger.dropped(slice.count(), clock.millis());
        listener.onDropped(reason, slice.count(), slice.bytes());
      }
    }
  }

  /** The queue gave records up on its own. */
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
   * @return false when the queue dropped, and counted, the records while they were leased
   */
  private boolean leave(Slice slice) {
    if (slice.owner() instanceof Leased leased) {
      if (leased.isGone(slice.from(), frontier.getAsLong())) {
        return false;
      }
      leased.lease().acknowledge(slice.from(), slice.to());
      ledger.leftQueue(slice.count());
    } else if (slice.owner() instanceof Share share) {
      gauge.remove(slice.count(), slice.bytes());
      ledger.leftMemory(slice.count(), slice.bytes());
      share.settle(slice.count());
    }
    return true;
  }
}
