package io.forebay.agent.queue;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.DiskInventory;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.runtime.Pipeline;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends what a destination's queue holds, without any source. Blocks. */
public final class QueueDrain {

  private final Pipeline pipeline;
  private final Duration look;

  /**
   * @param destination a graph that is this node alone
   * @param inventory of the whole pipeline, whose disk budget holds here too
   * @param dataDirectory where its dead letters go
   * @param look time between two reports
   */
  public QueueDrain(
      PipelineGraph destination, DiskInventory inventory, Path dataDirectory, Duration look) {
    this.pipeline =
        Pipeline.create(destination, dataDirectory, new SimpleMeterRegistry(), inventory);
    this.look = look;
  }

  /**
   * Sends until the queue is empty, or all that is left fails again and again though the rest was
   * delivered, or somebody asks to stop; then stops in order.
   *
   * @param stop completes, or gives something, when the drain is to end early
   * @param progress told now and then how it stands
   * @return how it stood in the end, after all was closed
   * @throws io.forebay.core.runtime.PipelineStartException when the queue cannot be opened
   */
  public DeliverySnapshot run(Mono<?> stop, Consumer<DeliverySnapshot> progress) {
    try {
      pipeline.start().block();
      Flux<DeliverySnapshot> looks = Flux.interval(look).map(tick -> snapshot());
      looks
          .onBackpressureDrop()
          .takeUntilOther(Mono.firstWithSignal(pipeline.completion(), stop.then()))
          .doOnNext(progress)
          .takeUntil(now -> now.heldBack().stuck())
          .blockLast();
    } finally {
      pipeline.stop().block();
    }
    return snapshot();
  }

  private DeliverySnapshot snapshot() {
    for (NodeStatus node : pipeline.status().nodes()) {
      var delivery = node.delivery();
      if (delivery != null) {
        return delivery.snapshot();
      }
    }
    throw new IllegalStateException("the pipeline has no destination");
  }
}
