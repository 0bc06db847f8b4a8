package io.forebay.core.runtime;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.NodeListener;
import io.forebay.core.component.ProcessorFactory;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.delivery.DeliveryListener;
import io.forebay.core.delivery.DeliveryOptions;
import io.forebay.core.delivery.QueueSettings;
import io.forebay.core.disk.DiskBudget;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.queue.PersistentQueue;
import java.nio.file.Path;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Makes the nodes of a graph and links them. Opens and starts nothing. */
final class GraphAssembler {

  private final AgentSettings settings;
  private final PipelineOptions options;
  private final Assembly assembly;

  private GraphAssembler(AgentSettings settings, PipelineOptions options) {
    this.settings = settings;
    this.options = options;
    this.assembly =
        new Assembly(
            new AgentTelemetry(options.registry(), options.clock()),
            Schedulers.newSingle("pipeline", true),
            options.random(),
            options.inventory());
  }

  static Assembly assemble(PipelineGraph graph, PipelineOptions options) {
    GraphAssembler assembler = new GraphAssembler(graph.settings(), options);
    graph.nodes().forEach(node -> assembler.add(node, node.factory()));
    graph.links().forEach(assembler::add);
    return assembler.assembly;
  }

  private void add(PipelineGraph.Link link) {
    assembly.link(link.from(), link.path(), link.to());
  }

  private <C extends Record> void add(PipelineGraph.Node node, ComponentFactory<C> factory) {
    C config = factory.configType().cast(node.config());
    if (factory instanceof SourceFactory<C> sources) {
      assembly.source(
          node.name(),
          node.type(),
          listener -> sources.create(config, context(node, cursorDirectory(), listener)));
    } else if (factory instanceof ProcessorFactory<C> processors) {
      assembly.processor(
          node.name(),
          node.type(),
          listener -> processors.create(config, context(node, options.dataDirectory(), listener)));
    } else if (factory instanceof DestinationFactory<C> destinations) {
      addDestination(node, config, destinations);
    }
  }

  private <C extends Record> void addDestination(
      PipelineGraph.Node node, C config, DestinationFactory<C> factory) {
    Scheduler loop = SteadyScheduler.of(Schedulers.newSingle("delivery-" + node.name(), true));
    Scheduler disk = blockingThread("disk-" + node.name());
    assembly.destination(
        node.name(),
        node.type(),
        (telemetry, listener) ->
            options
                .deliveries()
                .apply(
                    delivery(
                        node,
                        config,
                        factory,
                        context(node, options.dataDirectory(), telemetry),
                        listener,
                        loop,
                        disk)),
        () -> LastTask.thenEnd(loop, disk));
  }

  /** A thread that is made to wait for the disk, unlike those that Reactor names itself. */
  private static Scheduler blockingThread(String name) {
    return Schedulers.newSingle(
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  private <C extends Record> DeliveryOptions delivery(
      PipelineGraph.Node node,
      C config,
      DestinationFactory<C> factory,
      ComponentContext context,
      DeliveryListener listener,
      Scheduler loop,
      Scheduler disk) {
    DiskBudget budget = options.inventory().budget();
    return new DeliveryOptions(
        node.name(),
        factory.settings(config).withSegmentsUpTo(budget.segmentBytes()),
        factory.create(config, context),
        settings.itemBufferMaxByteLimit(),
        settings.itemBufferFlushInterval(),
        QueueSettings.deadLetterDirectory(options.dataDirectory(), node.name()),
        options.clock(),
        options.random(),
        loop,
        disk,
        listener,
        queue -> PersistentQueue.open(budget.share(queue)));
  }

  private ComponentContext context(PipelineGraph.Node node, Path directory, NodeListener listener) {
    return new ComponentContext(
        node.name(), settings.tag(), directory, options.clock(), options.random(), listener);
  }

  private Path cursorDirectory() {
    Path path = settings.persistingCursorSettings().path();
    return path == null ? options.dataDirectory() : path;
  }
}
