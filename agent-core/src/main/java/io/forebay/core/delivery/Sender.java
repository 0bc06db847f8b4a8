package io.forebay.core.delivery;

import io.forebay.core.component.Destination;
import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes requests and brings their results to the loop, each exactly one: what ends in an error, in
 * nothing or not in time is a {@link SendResult.Retry}. On the loop only.
 */
final class Sender {

  /** Told of a result, on the loop. */
  interface Results {
    void onResult(Parcel parcel, SendResult result, long nanos);
  }

  private final Destination destination;
  private final Duration timeout;
  private final Scheduler scheduler;
  private final Mailbox loop;
  private final Results results;
  private final IdentityHashMap<Parcel, Disposable> underWay = new IdentityHashMap<>();
  private int memoryParcels;
  private int ownSlots;
  private long leasedItems;
  private @Nullable Parcel aside;

  Sender(
      Destination destination,
      Duration timeout,
      Scheduler scheduler,
      Mailbox loop,
      Results results) {
    this.destination = destination;
    this.timeout = timeout;
    this.scheduler = scheduler;
    this.loop = loop;
    this.results = results;
  }

  int inFlight() {
    return underWay.size();
  }

  /** Requests under way that have the slot of parcels set aside. */
  int inOwnSlot() {
    return ownSlots;
  }

  /** Requests under way whose items are in memory only. */
  int memoryInFlight() {
    return memoryParcels;
  }

  /** Items of the queue on disk whose requests are under way. */
  long leasedInFlight() {
    return leasedItems;
  }

  /** The parcel under way that is set aside; null where there is none. */
  @Nullable Parcel aside() {
    return aside;
  }

  /** Whether what failed, or began with that request or before, is under way and not set aside. */
  boolean hasOlder(long request) {
    for (Parcel parcel : underWay.keySet()) {
      if (!parcel.aside && (parcel.request <= request || parcel.failedAt != 0)) {
        return true;
      }
    }
    return false;
  }

  void send(Parcel parcel) {
    long began = scheduler.now(TimeUnit.NANOSECONDS);
    memoryParcels += parcel.isLeased() ? 0 : 1;
    ownSlots += parcel.inOwnSlot ? 1 : 0;
    leasedItems += parcel.isLeased() ? parcel.items() : 0;
    aside = parcel.aside ? parcel : aside;
    // The result is posted, so it is handled after the request was noted even when it is at hand.
    Disposable request =
        Mono.defer(() -> attempt(parcel))
            .timeout(timeout, Mono.fromSupplier(() -> tooLate(parcel)), scheduler)
            .onErrorResume(e -> Mono.just(new SendResult.Retry(describe(e))))
            .defaultIfEmpty(new SendResult.Retry("the request ended without a result"))
            .subscribe(result -> loop.post(() -> ended(parcel, result, began)));
    underWay.put(parcel, request);
  }

  /** The highest number below {@code sequence} of the requests under way, or {@code least}. */
  long lastBelow(long sequence, long least) {
    long last = least;
    for (Parcel parcel : underWay.keySet()) {
      if (parcel.firstSequence() < sequence) {
        last = Math.max(last, parcel.sequenceEnd() - 1);
      }
    }
    return last;
  }

  /** Cancels all requests; the receiver may or may not have taken them. */
  List<Parcel> cancelAll() {
    List<Parcel> cancelled = new ArrayList<>(underWay.keySet());
    cancelled.forEach(Parcel::keepBytes);
    underWay.values().forEach(Disposable::dispose);
    underWay.clear();
    memoryParcels = 0;
    ownSlots = 0;
    leasedItems = 0;
    aside = null;
    return cancelled;
  }

  private Mono<SendResult> attempt(Parcel parcel) {
    Numbering numbering = parcel.numbering;
    return numbering != null && destination instanceof NumberedDestination numbered
        ? numbered.send(parcel.toBatch(), numbering)
        : destination.send(parcel.toBatch());
  }

  private void ended(Parcel parcel, SendResult result, long began) {
    if (underWay.remove(parcel) != null) {
      memoryParcels -= parcel.isLeased() ? 0 : 1;
      ownSlots -= parcel.inOwnSlot ? 1 : 0;
      leasedItems -= parcel.isLeased() ? parcel.items() : 0;
      aside = parcel == aside ? null : aside;
      results.onResult(parcel, result, scheduler.now(TimeUnit.NANOSECONDS) - began);
    }
  }

  private SendResult tooLate(Parcel parcel) {
    parcel.keepBytes();
    return new SendResult.Retry(
        "no answer within " + timeout.toString().substring(2).toLowerCase(Locale.ROOT));
  }

  private static String describe(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
