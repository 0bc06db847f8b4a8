package io.forebay.core.runtime;

import io.forebay.core.delivery.Delivery;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A running destination: its delivery, and what it takes its batches from. */
final class DestinationNode {

  private final Delivery delivery;
  private final NodeTelemetry node;
  private final Inlet inlet;
  private final Preparation preparation;
  private final Recovery recovery;
  private final Disposable threads;
  private final Sinks.Empty<Void> accepted = Sinks.empty();
  private volatile @Nullable Disposable accepting;

  /**
   * @param threads the delivery's own, disposed of once it has stopped
   */
  DestinationNode(
      Delivery delivery,
      NodeTelemetry node,
      Preparation preparation,
      Recovery recovery,
      Disposable threads) {
    this.delivery = delivery;
    this.node = node;
    this.preparation = preparation;
    this.recovery = recovery;
    this.threads = threads;
    this.inlet = new Inlet(node);
  }

  Inlet inlet() {
    return inlet;
  }

  NodeTelemetry node() {
    return node;
  }

  Delivery delivery() {
    return delivery;
  }

  /** Lets the destination prepare, opens the queue and begins to drain it. */
  Mono<Void> open() {
    return Mono.defer(
            () -> {
              preparation.begin();
              return delivery.start();
            })
        .onErrorMap(failure -> new PipelineStartException(node.name(), failure));
  }

  /** Begins to take batches. */
  void start() {
    Flux<Void> taking =
        Flux.defer(() -> delivery.accept(inlet)).concatWith(Flux.defer(this::endedEarly));
    accepting =
        recovery
            .around(taking, () -> false)
            .subscribe(nothing -> {}, accepted::tryEmitError, accepted::tryEmitEmpty);
  }

  private Flux<Void> endedEarly() {
    return inlet.isExhausted()
        ? Flux.empty()
        : Flux.error(new IllegalStateException("the delivery stopped taking batches"));
  }

  /** Completes once everything that came was handed on to memory or disk, and nothing follows. */
  Mono<Void> accepted() {
    return accepted.asMono();
  }

  /** Takes no more; what waits is given up, and its shares fail. */
  void abandon() {
    Disposable taking = accepting;
    if (taking != null) {
      taking.dispose();
    }
    inlet.abandon();
  }

  /** Sends or saves what it holds within the time given, then closes. */
  Mono<Void> stop(Duration grace) {
    return Mono.defer(
            () -> {
              preparation.cancel();
              return delivery.stop(grace);
            })
        .doFinally(signal -> threads.dispose());
  }
}
