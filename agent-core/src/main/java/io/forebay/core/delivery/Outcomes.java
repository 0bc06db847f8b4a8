package io.forebay.core.delivery;

import io.forebay.core.component.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Decides what becomes of the items of a request that ended. On the loop only. */
final class Outcomes implements Sender.Results {

  private final Limits limits;
  private final Health health;
  private final BatchBounds bounds;
  private final Backoff backoff;
  private final RetryList retries;
  private final Isolation isolation;
  private final Blockage blockage;
  private final Spill spill;
  private final DeadLetters deadLetters;
  private final Settlement settlement;
  private final SmoothedRate drainRate;
  private final DeliveryListener listener;
  private final LongSupplier nanos;

  Outcomes(
      Limits limits,
      Health health,
      BatchBounds bounds,
      Backoff backoff,
      RetryList retries,
      Isolation isolation,
      Blockage blockage,
      Spill spill,
      DeadLetters deadLetters,
      Settlement settlement,
      SmoothedRate drainRate,
      DeliveryListener listener,
      LongSupplier nanos) {
    this.limits = limits;
    this.health = health;
    this.bounds = bounds;
    this.backoff = backoff;
    this.retries = retries;
    this.isolation = isolation;
    this.blockage = blockage;
    this.spill = spill;
    this.deadLetters = deadLetters;
    this.settlement = settlement;
    this.drainRate = drainRate;
    this.listener = listener;
    this.nanos = nanos;
  }

  @Override
  public void onResult(Parcel parcel, SendResult result, long tookNanos) {
    long now = nanos.getAsLong();
    parcel.attempts++;
    listener.onRequest(result, parcel.items(), parcel.bytes(), tookNanos);
    boolean whileWell = !health.isFailing();
    if (result instanceof SendResult.Delivered) {
      if (whileWell) {
        isolation.sample(parcel, false);
      }
      health.delivered(parcel.request);
      bounds.delivered();
      if (parcel.isLeased()) {
        drainRate.count(parcel.items(), now);
      }
      settlement.delivered(parcel);
      isolation.delivered(parcel, now);
      blockage.delivered(parcel);
    } else if (result instanceof SendResult.Retry retry) {
      failed(parcel, retry, whileWell, now);
    } else if (result instanceof SendResult.Paused paused) {
      health.refusedUs(parcel.request, now, paused.why());
      isolation.refusedUs(parcel);
      again(parcel, true);
    } else if (result instanceof SendResult.TooLarge tooLarge) {
      health.refusedData(parcel.request, now);
      bounds.tooLarge(parcel, now);
      halve(parcel, "too large: " + tooLarge.why());
    } else if (result instanceof SendResult.Rejected rejected) {
      health.refusedData(parcel.request, now);
      halve(parcel, rejected.why());
    }
  }

  private void failed(Parcel parcel, SendResult.Retry retry, boolean whileWell, long now) {
    parcel.ownFailures++;
    if (whileWell && !retry.overloaded()) {
      isolation.sample(parcel, true);
    }
    boolean itsOwn =
        whileWell && !retry.overloaded() && (parcel.inOwnSlot || isolation.doubts(parcel, now));
    if (whileWell) {
      // While others succeed, this parcel waits by itself and longer each time.
      parcel.notBefore = now + backoff.nanos(++parcel.failuresWhileWell);
    }
    if (itsOwn) {
      Duration after = retry.after();
      parcel.notBefore = Math.max(parcel.notBefore, now + Health.lowerBound(after));
    } else {
      if (retry.overloaded()) {
        bounds.overloaded();
      } else if (blockage.narrows(parcel)) {
        bounds.narrow(parcel);
      } else {
        bounds.unreachable();
      }
      health.failed(parcel.request, now, retry.why(), retry.after());
      isolation.failed(parcel);
      if (isolation.narrows(parcel)) {
        bounds.narrow(parcel);
      }
    }
    again(parcel, limits.strict());
    if (parcel.isLeased() || !limits.hasQueue()) {
      boolean counts = whileWell && !retry.overloaded();
      if (limits.strict()) {
        blockage.noteFailure(parcel, retry.why(), health.lastRequest());
      } else {
        isolation.noteFailure(parcel, retry.why(), counts, health.lastRequest(), now);
      }
    }
  }

  /**
   * What is on disk already waits its turn; what is in memory goes to disk, in front of all that is
   * younger, or waits in memory where there is no disk.
   */
  private void again(Parcel parcel, boolean first) {
    listener.onRetry(parcel.items());
    if (parcel.isLeased() || !limits.hasQueue()) {
      if (first) {
        retries.addFirst(parcel);
      } else {
        retries.addLast(parcel);
      }
      return;
    }
    List<Parcel> toDisk = new ArrayList<>();
    toDisk.add(parcel);
    retries.takeMemory(toDisk::add);
    for (int i = toDisk.size() - 1; i >= 0; i--) {
      spill.putBack(toDisk.get(i));
    }
  }

  private void halve(Parcel parcel, String why) {
    if (parcel.items() == 1) {
      deadLetters.bury(parcel, why);
      return;
    }
    listener.onRetry(parcel.items());
    int half = parcel.items() / 2;
    retries.addFirst(parcel.rest(half));
    retries.addFirst(parcel.first(half));
  }
}
