package io.forebay.core.component;

import io.forebay.core.item.Batch;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/** Changes what passes through the middle of the graph. */
@FunctionalInterface
public interface Processor {

  /**
   * The processed batches. Each incoming share must leave with exactly one outgoing batch (an empty
   * one too), or be ended here. Items that leave by a named exit travel in a batch of their own
   * with {@link Batch#withPath}, for which a share is {@linkplain
   * io.forebay.core.item.Acknowledgement#retain retained}. Must not fail because of an item: what
   * cannot be processed passes on unchanged, or leaves by an exit, or is counted as dropped. A
   * batch that an operator of Reactor discards has its share failed by the runtime: that is right
   * after a cancel, but not for what {@code filter} turns away, whose share is to be ended here.
   */
  Flux<Batch> process(Flux<Batch> batches);

  /** A processor that turns each batch into one batch, on the thread that brings it. */
  static Processor ofBatches(UnaryOperator<Batch> change) {
    return batches -> batches.map(change);
  }
}
