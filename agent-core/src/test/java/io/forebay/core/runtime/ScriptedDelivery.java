package io.forebay.core.runtime;

import io.forebay.core.delivery.Delivery;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.queue.QueueStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A delivery that keeps what it is given and does as it is told. */
final class ScriptedDelivery implements Delivery {

  final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  final List<String> calls;
  private final String name;
  private final List<Batch> held = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private volatile boolean holding;
  private volatile @Nullable RuntimeException startFailure;
  private volatile @Nullable Subscription upstream;
  volatile DeliveryState state = DeliveryState.DIRECT;
  volatile @Nullable QueueStatistics queue;
  volatile @Nullable String why;
  volatile @Nullable String diskTrouble;
  volatile long deadLettered;
  volatile DeliverySnapshot.HeldBack heldBack = DeliverySnapshot.HeldBack.NOTHING;
  volatile Mono<Void> preparation = Mono.empty();

  ScriptedDelivery(String name, List<String> calls) {
    this.name = name;
    this.calls = calls;
  }

  ScriptedDelivery(String name) {
    this(name, Collections.synchronizedList(new ArrayList<>()));
  }

  ScriptedDelivery failingToStart(String why) {
    startFailure = new IllegalStateException(why);
    return this;
  }

  /** Takes one more batch at most and neither delivers nor asks for more until {@link #letGo}. */
  ScriptedDelivery hold() {
    holding = true;
    return this;
  }

  void letGo() {
    holding = false;
    synchronized (held) {
      held.forEach(this::deliver);
      held.clear();
    }
    Subscription from = upstream;
    if (from != null) {
      from.request(1);
    }
  }

  @Override
  public Mono<Void> prepare() {
    return preparation;
  }

  @Override
  public Mono<Void> start() {
    return Mono.defer(
        () -> {
          calls.add("start " + name);
          RuntimeException failure = startFailure;
          return failure == null ? Mono.empty() : Mono.error(failure);
        });
  }

  @Override
  public Mono<Void> accept(Flux<Batch> batches) {
    return Mono.defer(
        () -> {
          Sinks.Empty<Void> done = Sinks.empty();
          batches.subscribe(new Taker(done));
          return done.asMono();
        });
  }

  private final class Taker extends BaseSubscriber<Batch> {
    private final Sinks.Empty<Void> done;

    Taker(Sinks.Empty<Void> done) {
      this.done = done;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      upstream = subscription;
      subscription.request(1);
    }

    @Override
    protected void hookOnNext(Batch batch) {
      received.addAndGet(batch.size());
      if (holding) {
        held.add(batch);
      } else {
        deliver(batch);
        request(1);
      }
    }

    @Override
    protected void hookOnComplete() {
      calls.add("accepted " + name);
      done.tryEmitEmpty();
    }
  }

  private void deliver(Batch batch) {
    for (Item item : batch.items()) {
      bodies.add(item.body().toUtf8());
    }
    delivered.addAndGet(batch.size());
    batch.acknowledgement().complete();
  }

  @Override
  public Mono<Void> stop(Duration grace) {
    return Mono.fromRunnable(
        () -> {
          calls.add("stop " + name);
          synchronized (held) {
            held.forEach(batch -> batch.acknowledgement().fail());
            held.clear();
          }
        });
  }

  @Override
  public DeliverySnapshot snapshot() {
    long memory = received.get() - delivered.get();
    return new DeliverySnapshot(
        state,
        Instant.EPOCH,
        why,
        false,
        received.get(),
        0,
        delivered.get(),
        0,
        deadLettered,
        0,
        memory,
        0,
        0,
        heldBack,
        queue,
        null,
        0,
        null,
        diskTrouble,
        null);
  }
}
