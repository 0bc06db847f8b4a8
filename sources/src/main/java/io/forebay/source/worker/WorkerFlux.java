package io.forebay.source.worker;

import io.forebay.core.item.Batch;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * The batches that blocking code makes on a daemon thread of its own, one thread a subscription,
 * started on subscription. The code sees demand and emits no more than was asked for. It completes
 * the flux by returning and fails it by throwing; after a cancel it is left to return in its own
 * time, so it can still tidy up.
 */
public final class WorkerFlux extends Flux<Batch> {

  /** What the thread does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Runs until there is nothing more, or until {@link Emitter#isCancelled}.
     *
     * @throws Exception to fail the flux
     */
    void run(Emitter emitter) throws Exception;
  }

  private final String threadName;
  private final Work work;

  public WorkerFlux(String threadName, Work work) {
    this.threadName = threadName;
    this.work = work;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Batch> actual) {
    WorkerSubscription subscription = new WorkerSubscription(actual, work, threadName);
    actual.onSubscribe(subscription);
    subscription.start();
  }
}
