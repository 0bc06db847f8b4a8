package io.forebay.destination.collector;

import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SequenceRange;
import io.forebay.core.item.Batch;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Sends each batch as one window of numbered events, two of them under way at once. All its work is
 * done on one thread that never blocks; what reads files is done elsewhere.
 */
final class CollectorDestination implements NumberedDestination {

  private static final int WINDOWS = 2;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Scheduler.Worker worker;
  private final @Nullable CertificateWatch certificates;
  private final Sequencer sequencer;
  private final Epochs epochs;
  private final Mono<Void> closing;

  /**
   * @param worker this destination's thread; disposed by {@link #close}
   * @param certificates closed by {@link #close}; null for plain text
   */
  CollectorDestination(
      Scheduler.Worker worker,
      @Nullable CertificateWatch certificates,
      Sequencer sequencer,
      Epochs epochs) {
    this.worker = worker;
    this.certificates = certificates;
    this.sequencer = sequencer;
    this.epochs = epochs;
    this.closing = Mono.defer(this::closeNow).cache();
  }

  /** Begins to look at the certificates; completes at once. */
  @Override
  public Mono<Void> start() {
    return Mono.fromRunnable(this::watch);
  }

  private void watch() {
    CertificateWatch watch = certificates;
    if (watch != null) {
      watch.start();
    }
  }

  @Override
  public int windows() {
    return WINDOWS;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The items' arrays are read until the result is there or the send was cancelled.
   */
  @Override
  public Mono<SendResult> send(Batch batch, Numbering numbering) {
    if (batch.isEmpty()) {
      return Mono.just(Delivered.INSTANCE);
    }
    int numbers = numbering.ranges().stream().mapToInt(SequenceRange::count).sum();
    if (numbers != batch.size()) {
      return Mono.error(
          new IllegalArgumentException(numbers + " numbers for " + batch.size() + " items"));
    }
    return Mono.create(sink -> add(new Window(batch.items(), numbering, sink), sink));
  }

  private void add(Window window, MonoSink<SendResult> sink) {
    watch();
    if (!post(() -> sequencer.add(window))) {
      sink.success(new Retry("the destination was closed"));
      return;
    }
    sink.onCancel(() -> post(() -> sequencer.cancel(window)));
  }

  @Override
  public Flux<String> wakeUps() {
    return certificates == null ? Flux.never() : certificates.renewals();
  }

  /** {@inheritDoc} Gives up what is still under way. Idempotent. */
  @Override
  public Mono<Void> close() {
    return closing;
  }

  private Mono<Void> closeNow() {
    if (certificates != null) {
      certificates.close();
    }
    return Mono.<Connection>create(
            sink -> {
              if (!post(() -> sink.success(sequencer.close()))) {
                sink.success();
              }
            })
        .publishOn(Schedulers.boundedElastic())
        .flatMap(last -> Mono.fromCallable(() -> await(last)))
        .then(Mono.defer(epochs::settled))
        .doFinally(signal -> worker.dispose());
  }

  private static boolean await(Connection last) throws InterruptedException {
    last.awaitEnd(CLOSE_PATIENCE);
    return true;
  }

  private boolean post(Runnable task) {
    try {
      worker.schedule(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
