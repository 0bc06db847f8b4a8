package io.forebay.core.runtime;

import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.NodeTelemetry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A running source. One that fails is begun anew; all others go on. */
final class SourceNode {

  private final Source source;
  private final NodeTelemetry node;
  private final Outlets outlets;
  private final Recovery recovery;
  private volatile boolean exhausted;

  SourceNode(Source source, NodeTelemetry node, Recovery recovery) {
    this.source = source;
    this.node = node;
    this.outlets = new Outlets(node, null);
    this.recovery = recovery;
  }

  Outlets outlets() {
    return outlets;
  }

  void start() {
    Flux<Batch> batches = Flux.defer(source::batches).doOnNext(batch -> recovery.succeeded());
    recovery
        .around(batches, () -> false)
        .doOnComplete(() -> exhausted = true)
        // What a cancel catches on its way comes to the outlets no more, nor to anybody else.
        .doOnDiscard(Batch.class, batch -> batch.acknowledgement().fail())
        .subscribe(outlets);
  }

  String name() {
    return node.name();
  }

  /** Whether it does not take data yet; also while it is begun anew after a failure. */
  boolean isStarting() {
    return !exhausted && !source.isUp();
  }

  /** Whether it said that there will be no more. */
  boolean isExhausted() {
    return exhausted;
  }

  void cancel() {
    outlets.cancel();
  }

  /** Saves what the source holds in memory; after the cancel and the last shares. */
  Mono<Void> close() {
    return Mono.defer(source::close);
  }
}
