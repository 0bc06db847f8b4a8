package io.forebay.source.net;

import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A subscriber that takes what it asked for, keeps a copy, and treats each share as it is told. */
public final class Taker extends BaseSubscriber<Batch> {

  private final long firstDemand;
  private final Consumer<Batch> treatment;
  private final Queue<Batch> taken = new ConcurrentLinkedQueue<>();
  private volatile Throwable error;

  private Taker(long firstDemand, Consumer<Batch> treatment) {
    this.firstDemand = firstDemand;
    this.treatment = treatment;
  }

  /** Takes everything and completes every share. */
  public static Taker acknowledging() {
    return new Taker(Long.MAX_VALUE, batch -> batch.acknowledgement().complete());
  }

  /** Takes as many batches as demanded, and completes their shares. */
  public static Taker acknowledging(long demand) {
    return new Taker(demand, batch -> batch.acknowledgement().complete());
  }

  /** Takes everything and leaves the shares to the test. */
  public static Taker holding() {
    return new Taker(Long.MAX_VALUE, batch -> {});
  }

  /** Takes everything and leaves it to the test what becomes of it. */
  public static Taker with(Consumer<Batch> treatment) {
    return new Taker(Long.MAX_VALUE, treatment);
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    if (firstDemand > 0) {
      request(firstDemand);
    }
  }

  @Override
  protected void hookOnNext(Batch batch) {
    taken.add(copyOf(batch));
    treatment.accept(batch);
  }

  /**
   * The batch with bytes of its own: a source may write over its own once their share has ended.
   */
  public static Batch copyOf(Batch batch) {
    return batch.withItems(batch.items().stream().map(Taker::copyOf).toList());
  }

  private static Item copyOf(Item item) {
    return item.encoded() == null ? item.withBody(ByteSlice.of(item.body().toByteArray())) : item;
  }

  @Override
  protected void hookOnError(Throwable failure) {
    error = failure;
  }

  public Throwable error() {
    return error;
  }

  public List<Batch> batches() {
    return new ArrayList<>(taken);
  }

  public List<Item> items() {
    List<Item> items = new ArrayList<>();
    taken.forEach(batch -> items.addAll(batch.items()));
    return items;
  }

  /** The bodies as text. */
  public List<String> bodies() {
    return items().stream().map(item -> item.body().toUtf8()).toList();
  }

  public long itemCount() {
    return taken.stream().mapToLong(Batch::size).sum();
  }
}
