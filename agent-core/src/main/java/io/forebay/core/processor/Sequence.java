package io.forebay.core.processor;

import io.forebay.core.component.NodeListener;
import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * Applies processors in order. A sequence has no named exits: what leaves a step by one (the
 * unmatched items of a filter) is counted as dropped, {@code filtered}.
 */
final class Sequence implements Processor {

  private final List<Processor> steps;
  private final NodeListener listener;

  Sequence(List<Processor> steps, NodeListener listener) {
    this.steps = List.copyOf(steps);
    this.listener = listener;
  }

  @Override
  public Flux<Batch> process(Flux<Batch> batches) {
    Flux<Batch> flow = batches;
    for (Processor step : steps) {
      flow = step.process(flow).handle(this::keepOrdinary);
    }
    return flow;
  }

  private void keepOrdinary(Batch batch, SynchronousSink<Batch> next) {
    if (batch.path().equals(Batch.DEFAULT_PATH)) {
      next.next(batch);
    } else {
      listener.onDropped("filtered", batch.size(), batch.weight());
      batch.acknowledgement().complete();
    }
  }
}
