package io.forebay.source.collector;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.source.net.Listening;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Listens while it is subscribed. One run at a time: a new one ends the one before. */
final class CollectorSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(CollectorSource.class);

  private final CollectorInputConfig config;
  private final ComponentContext context;
  private final JournalDisk disk;
  private final Timing timing;
  private final Consumer<InetSocketAddress> onBound;
  private final AtomicReference<@Nullable CollectorListener> latest = new AtomicReference<>();

  CollectorSource(
      CollectorInputConfig config,
      ComponentContext context,
      JournalDisk disk,
      Timing timing,
      Consumer<InetSocketAddress> onBound) {
    this.config = config;
    this.context = context;
    this.disk = disk;
    this.timing = timing;
    this.onBound = onBound;
  }

  @Override
  public Flux<Batch> batches() {
    return Flux.usingWhen(
        Mono.fromCallable(this::listener).subscribeOn(Schedulers.boundedElastic()),
        listener -> listen(listener).thenMany(listener.batches()),
        CollectorListener::stop);
  }

  @Override
  public boolean isUp() {
    CollectorListener listener = latest.get();
    return listener != null && listener.isUp();
  }

  /** Makes the cursors durable that acknowledgements moved. */
  @Override
  public Mono<Void> close() {
    return Mono.<Void>fromRunnable(this::closeLatest).subscribeOn(Schedulers.boundedElastic());
  }

  private CollectorListener listener() throws Exception {
    // Two listeners must not write one journal.
    closeLatest();
    CollectorListener listener = CollectorListener.open(config, context, disk, timing);
    latest.set(listener);
    return listener;
  }

  private void closeLatest() {
    CollectorListener listener = latest.getAndSet(null);
    if (listener != null) {
      listener.close();
    }
  }

  private Mono<Void> listen(CollectorListener listener) {
    return Listening.orExplain(
            Mono.fromCallable(listener::bind).subscribeOn(Schedulers.boundedElastic()),
            context.nodeName(),
            Listening.address(config.listen(), config.port()))
        .doOnNext(
            at -> {
              log.info(
                  "{}: listening for agents on {}",
                  context.nodeName(),
                  NetUtil.toSocketAddressString(at));
              onBound.accept(at);
            })
        .then();
  }
}
