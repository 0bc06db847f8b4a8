package io.forebay.source.net;

import io.forebay.core.item.Batch;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The way from many connections to the one subscriber of a source. Connections offer batches from
 * any thread; the subscriber gets them one after the other, by its demand, on the thread that
 * offers or requests. What is offered waits in the order of arrival until it is demanded; how much
 * may wait is for those who offer to bound.
 */
public final class BatchIntake {

  /** Batches on offer, of one acknowledgement or several. */
  public final class Offer {
    private static final int WAITING = 0;
    private static final int TAKEN = 1;
    private static final int WITHDRAWN = 2;

    private final AtomicInteger state = new AtomicInteger(WAITING);
    private final List<Batch> batches;
    private final Runnable taken;
    private int next;

    private Offer(List<Batch> batches, Runnable taken) {
      this.batches = batches;
      this.taken = taken;
    }

    /** Whether nothing of it has been taken yet. */
    public boolean isWaiting() {
      return state.get() == WAITING;
    }

    /**
     * Takes the offer back.
     *
     * @return true when nothing of it was taken; the shares are then the caller's again. False when
     *     it is too late: the subscriber has the first batch, or the intake was closed
     */
    public boolean withdraw() {
      boolean mine = state.compareAndSet(WAITING, WITHDRAWN);
      if (mine) {
        pending.remove(this);
      }
      return mine;
    }

    private boolean begin() {
      return state.compareAndSet(WAITING, TAKEN) || state.get() == TAKEN;
    }
  }

  private final Queue<Offer> pending = new ConcurrentLinkedQueue<>();
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicReference<@Nullable Demand> subscriber = new AtomicReference<>();
  private volatile boolean closed;

  /**
   * What is offered. For one subscriber; cancelling {@linkplain #close closes} the intake, so that
   * the shares still waiting fail.
   */
  public Flux<Batch> batches() {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super Batch> actual) {
        Demand demand = new Demand(actual);
        if (subscriber.compareAndSet(null, demand)) {
          actual.onSubscribe(demand);
        } else {
          Operators.error(actual, new IllegalStateException("an intake has one subscriber"));
        }
      }
    };
  }

  /**
   * Offers batches, whose shares belong to the intake from now on: they are handed to the
   * subscriber, or failed when the intake is closed.
   *
   * @param taken run once the subscriber has the last of them, on its thread; must be quick. Not
   *     run when the intake is closed before
   */
  public Offer offer(List<Batch> batches, Runnable taken) {
    Offer offer = new Offer(batches, taken);
    pending.add(offer);
    drain();
    return offer;
  }

  /** Whether the subscriber asks for a batch that nobody has offered yet. */
  public boolean isDemanded() {
    Demand demand = subscriber.get();
    return demand != null && demand.requested > 0;
  }

  /** Fails the shares of all that waits and of all that is offered later. Idempotent. */
  public void close() {
    closed = true;
    drain();
  }

  private void drain() {
    if (drains.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      emit();
      seen = drains.addAndGet(-seen);
    } while (seen != 0);
  }

  private void emit() {
    while (true) {
      Offer head = pending.peek();
      if (head == null) {
        return;
      }
      if (closed) {
        discard(head);
        continue;
      }
      Demand demand = subscriber.get();
      if (demand == null || demand.requested == 0) {
        return;
      }
      if (!head.begin()) {
        pending.remove(head);
        continue;
      }
      Batch batch = head.batches.get(head.next++);
      boolean last = head.next == head.batches.size();
      if (last) {
        pending.remove(head);
      }
      demand.next(batch);
      if (last) {
        head.taken.run();
      }
    }
  }

  private void discard(Offer head) {
    if (head.begin()) {
      while (head.next < head.batches.size()) {
        head.batches.get(head.next++).acknowledgement().fail();
      }
    }
    pending.remove(head);
  }

  /** The subscriber and what it asked for. */
  private final class Demand implements Subscription {
    private static final AtomicLongFieldUpdater<Demand> REQUESTED =
        AtomicLongFieldUpdater.newUpdater(Demand.class, "requested");

    private final CoreSubscriber<? super Batch> actual;
    private volatile long requested;

    Demand(CoreSubscriber<? super Batch> actual) {
      this.actual = actual;
    }

    private void next(Batch batch) {
      Operators.produced(REQUESTED, this, 1);
      actual.onNext(batch);
    }

    @Override
    public void request(long more) {
      if (Operators.validate(more)) {
        Operators.addCap(REQUESTED, this, more);
        drain();
      }
    }

    @Override
    public void cancel() {
      close();
    }
  }
}
