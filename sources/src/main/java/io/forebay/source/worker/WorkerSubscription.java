package io.forebay.source.worker;

import io.forebay.core.item.Batch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/** One subscription to a {@link WorkerFlux}: its thread, its demand. */
final class WorkerSubscription implements Subscription, Emitter {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerSubscription.class);
  private static final long UNTIL_WOKEN = Long.MAX_VALUE;

  private final CoreSubscriber<? super Batch> actual;
  private final WorkerFlux.Work work;
  private final Thread thread;
  private final AtomicLong requested = new AtomicLong();
  private volatile boolean cancelled;

  WorkerSubscription(
      CoreSubscriber<? super Batch> actual, WorkerFlux.Work work, String threadName) {
    this.actual = actual;
    this.work = work;
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    Throwable failure = null;
    try {
      work.run(this);
    } catch (Throwable t) {
      failure = t;
    }
    if (cancelled) {
      if (failure != null) {
        LOG.warn("{} failed while it was ending", thread.getName(), failure);
      }
    } else if (failure != null) {
      actual.onError(failure);
    } else {
      actual.onComplete();
    }
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      LOG.warn("ignoring a request for {} batches: a request must be positive", n);
      return;
    }
    requested.accumulateAndGet(n, Operators::addCap);
    wake();
  }

  @Override
  public void cancel() {
    cancelled = true;
    wake();
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public long demand() {
    return requested.get();
  }

  @Override
  public void emit(Batch batch) {
    long before = requested.getAndUpdate(n -> n == Long.MAX_VALUE ? n : Math.max(0, n - 1));
    if (before == 0) {
      throw new IllegalStateException("emitted without demand");
    }
    actual.onNext(batch);
  }

  @Override
  public boolean awaitDemand() {
    while (!cancelled) {
      if (requested.get() > 0) {
        return true;
      }
      pause(UNTIL_WOKEN);
    }
    return false;
  }

  @Override
  public void pause(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
      // A set flag would turn every later pause into a busy loop; nobody ends this thread that way.
      Thread.interrupted();
    }
  }

  @Override
  public void wake() {
    LockSupport.unpark(thread);
  }
}
