package io.forebay.core.delivery;

import io.forebay.core.item.Batch;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Brings batches from upstream to the loop, one post each, and asks for the next at once while
 * memory has room. The threads of upstream never wait here.
 */
final class Intake implements CoreSubscriber<Batch> {

  /** Told of what comes, on the loop. */
  interface Receiver {
    /** Takes a batch over. */
    void receive(Batch batch, long weight);

    /** Nothing more comes from this intake. */
    void completed(Intake intake);
  }

  private final Mailbox loop;
  private final MemoryGauge gauge;
  private final Receiver receiver;
  private final MonoSink<Void> done;
  private volatile @Nullable Subscription subscription;
  private volatile boolean stalled;
  private volatile boolean cancelled;

  Intake(Mailbox loop, MemoryGauge gauge, Receiver receiver, MonoSink<Void> done) {
    this.loop = loop;
    this.gauge = gauge;
    this.receiver = receiver;
    this.done = done;
  }

  @Override
  public Context currentContext() {
    return Context.of(done.contextView());
  }

  @Override
  public void onSubscribe(Subscription upstream) {
    if (!Operators.validate(subscription, upstream)) {
      return;
    }
    subscription = upstream;
    if (cancelled) {
      upstream.cancel();
    } else if (gauge.stalls()) {
      stalled = true;
      loop.post(() -> {});
    } else {
      upstream.request(1);
    }
  }

  @Override
  public void onNext(Batch batch) {
    long weight = batch.weight();
    gauge.add(batch.size(), weight);
    boolean stalls = gauge.stalls();
    // Set before the batch is posted: the loop looks at it after it has settled the batch.
    stalled = stalls;
    if (!loop.post(() -> receiver.receive(batch, weight))) {
      gauge.remove(batch.size(), weight);
      batch.acknowledgement().fail();
      return;
    }
    Subscription upstream = subscription;
    if (!stalls && upstream != null && !cancelled) {
      upstream.request(1);
    }
  }

  @Override
  public void onError(Throwable error) {
    if (!loop.post(() -> done.error(error))) {
      done.error(error);
    }
  }

  @Override
  public void onComplete() {
    boolean posted =
        loop.post(
            () -> {
              receiver.completed(this);
              done.success();
            });
    if (!posted) {
      done.success();
    }
  }

  /** Asks for more where it was held back, if there is room again. On the loop only. */
  void resume(boolean room) {
    Subscription upstream = subscription;
    if (stalled && upstream != null && !cancelled && room) {
      stalled = false;
      upstream.request(1);
    }
  }

  /** From any thread. */
  void cancel() {
    cancelled = true;
    Subscription upstream = subscription;
    if (upstream != null) {
      upstream.cancel();
    }
  }
}
