package io.forebay.core.runtime;

import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.NodeTelemetry;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * The batches of all links that lead to one node, as one flux. Outlives its subscriber: when a
 * processor fails and cancels, what waits here waits for the next subscription. One subscriber at a
 * time. Completes once all links are closed and all batches were taken.
 */
final class Inlet extends Flux<Batch> {

  private final NodeTelemetry node;
  // Bounded by the links, each of which offers no more than it has room for.
  private final Queue<Parcel> parcels = Queues.<Parcel>unboundedMultiproducer().get();
  private final AtomicInteger openLinks = new AtomicInteger();
  private final AtomicInteger drains = new AtomicInteger();
  private final InHand inHand;
  private volatile @Nullable Receiver receiver;
  private volatile boolean abandoned;

  Inlet(NodeTelemetry node) {
    this.node = node;
    this.inHand = new InHand(node::onReturned);
  }

  String nodeName() {
    return node.name();
  }

  /** Counts a link that leads here; before anything flows. */
  void linkOpened() {
    openLinks.incrementAndGet();
  }

  void linkClosed() {
    openLinks.decrementAndGet();
    drain();
  }

  /** Takes a batch over. */
  void offer(Parcel parcel) {
    parcels.add(parcel);
    drain();
  }

  /** Whether no batch follows and none is left. */
  boolean isExhausted() {
    return openLinks.get() <= 0 && parcels.isEmpty();
  }

  /** Gives up what waits here and all that still comes: each share fails, so the source replays. */
  void abandon() {
    abandoned = true;
    inHand.abandon();
    drain();
  }

  /** The batch handed on last. */
  InHand inHand() {
    return inHand;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Batch> actual) {
    Receiver last = receiver;
    if (last != null && !last.cancelled) {
      Operators.error(actual, new IllegalStateException("the inlet has a subscriber already"));
      return;
    }
    Receiver next = new Receiver(actual);
    actual.onSubscribe(next);
    // Only now: a completion must not overtake onSubscribe.
    receiver = next;
    drain();
  }

  private void drain() {
    if (drains.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      if (abandoned) {
        failAll();
      }
      while (passOne()) {
        // Each pass hands one batch on.
      }
      missed = drains.addAndGet(-missed);
    } while (missed != 0);
  }

  private boolean passOne() {
    Receiver to = receiver;
    if (to == null || to.cancelled) {
      return false;
    }
    if (to.requested.get() == 0 || parcels.isEmpty()) {
      // The links are closed after their last batch was offered, so this order of checks is safe.
      if (isExhausted()) {
        to.cancelled = true;
        to.actual.onComplete();
      }
      return false;
    }
    Parcel parcel = parcels.poll();
    if (parcel == null) {
      return false;
    }
    to.requested.getAndUpdate(now -> now == Long.MAX_VALUE ? now : now - 1);
    node.onRead(parcel.batch().size(), parcel.bytes());
    inHand.give(parcel);
    try {
      to.actual.onNext(parcel.batch());
    } catch (RuntimeException | StackOverflowError e) {
      // A subscriber must not throw. One that does has lost its place, and the node begins anew.
      to.cancelled = true;
      to.actual.onError(e);
    }
    parcel.link().taken();
    return true;
  }

  private void failAll() {
    for (Parcel parcel = parcels.poll(); parcel != null; parcel = parcels.poll()) {
      parcel.batch().acknowledgement().fail();
      parcel.link().taken();
    }
  }

  private final class Receiver implements Subscription {
    final CoreSubscriber<? super Batch> actual;
    final AtomicLong requested = new AtomicLong();
    volatile boolean cancelled;

    Receiver(CoreSubscriber<? super Batch> actual) {
      this.actual = actual;
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n)) {
        requested.getAndUpdate(now -> Operators.addCap(now, n));
        drain();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
