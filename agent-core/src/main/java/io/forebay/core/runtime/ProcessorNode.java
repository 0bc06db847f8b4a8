package io.forebay.core.runtime;

import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.NodeTelemetry;
import reactor.core.publisher.Flux;

/**
 * A running processor. A batch on which it fails is counted as dropped ({@code processor_error}),
 * since a replay would fail again and for ever; the processor is then begun anew with what follows.
 */
final class ProcessorNode {

  private final Processor processor;
  private final NodeTelemetry node;
  private final Inlet inlet;
  private final Outlets outlets;
  private final Recovery recovery;
  // Whether what it failed on last is out of the way.
  private volatile boolean causeDropped;

  ProcessorNode(Processor processor, NodeTelemetry node, Recovery recovery) {
    this.processor = processor;
    this.node = node;
    this.recovery = recovery;
    this.inlet = new Inlet(node);
    this.outlets = new Outlets(node, inlet);
  }

  NodeTelemetry node() {
    return node;
  }

  Inlet inlet() {
    return inlet;
  }

  Outlets outlets() {
    return outlets;
  }

  void start() {
    // Dropped where it fails rather than where it is begun anew: a node that is stopped meanwhile
    // is not begun anew.
    Flux<Batch> processed =
        Flux.defer(() -> processor.process(inlet))
            .concatWith(Flux.defer(this::endedEarly))
            .doOnError(failure -> causeDropped = dropInHand());
    recovery
        .around(processed, () -> causeDropped)
        .doOnDiscard(Batch.class, inlet.inHand()::discarded)
        .subscribe(outlets);
  }

  /** Takes and emits no more; what waits is given up, and its shares fail. */
  void abandon() {
    outlets.cancel();
    inlet.abandon();
  }

  private Flux<Batch> endedEarly() {
    return inlet.isExhausted()
        ? Flux.empty()
        : Flux.error(new IllegalStateException("the processor ended before its input did"));
  }

  /** Drops the batch that the processor failed on; false when there is none. */
  private boolean dropInHand() {
    Parcel parcel = inlet.inHand().drop();
    if (parcel == null) {
      return false;
    }
    node.onDropped("processor_error", parcel.batch().size(), parcel.bytes());
    parcel.batch().acknowledgement().complete();
    return true;
  }
}
