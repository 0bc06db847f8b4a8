package io.forebay.source.worker;

import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.source.net.Taker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/** Takes batches as a pipeline would, and keeps them. */
public final class Receiver extends BaseSubscriber<Batch> {

  private final List<Batch> batches = new CopyOnWriteArrayList<>();
  private final Consumer<Batch> then;
  private final long demand;
  private volatile SignalType ended;
  private volatile Throwable failure;

  private Receiver(long demand, Consumer<Batch> then) {
    this.demand = demand;
    this.then = then;
  }

  /** Acknowledges every batch at once. */
  public static Receiver acknowledging(Flux<Batch> flux) {
    return of(flux, Long.MAX_VALUE, batch -> batch.acknowledgement().complete());
  }

  /** Leaves the acknowledging to the test. */
  public static Receiver holding(Flux<Batch> flux) {
    return of(flux, Long.MAX_VALUE, batch -> {});
  }

  public static Receiver of(Flux<Batch> flux, long demand, Consumer<Batch> then) {
    Receiver receiver = new Receiver(demand, then);
    flux.subscribe(receiver);
    return receiver;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    if (demand > 0) {
      subscription.request(demand);
    }
  }

  @Override
  protected void hookOnNext(Batch batch) {
    batches.add(Taker.copyOf(batch));
    then.accept(batch);
  }

  @Override
  protected void hookOnError(Throwable error) {
    failure = error;
  }

  @Override
  protected void hookFinally(SignalType type) {
    ended = type;
  }

  public List<Batch> batches() {
    return batches;
  }

  public List<Item> items() {
    List<Item> items = new ArrayList<>();
    batches.forEach(batch -> items.addAll(batch.items()));
    return items;
  }

  public List<String> bodies() {
    return items().stream().map(item -> item.body().toUtf8()).toList();
  }

  /** How the flux ended, or null while it has not. */
  public SignalType ended() {
    return ended;
  }

  public Throwable failure() {
    return failure;
  }
}
