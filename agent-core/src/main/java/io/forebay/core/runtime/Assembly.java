package io.forebay.core.runtime;

import io.forebay.core.component.Processor;
import io.forebay.core.component.Source;
import io.forebay.core.delivery.Delivery;
import io.forebay.core.disk.DiskInventory;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.core.telemetry.DeliveryTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** The parts of a pipeline, put together and not yet running. Filled by one thread. */
final class Assembly {

  private static final Duration SOURCE_WELL_AFTER = Duration.ofSeconds(2);

  private static final Duration DESTINATION_WELL_AFTER = Duration.ofSeconds(1);

  /** A processor that failed stays in the health report for as long as this. */
  private static final Duration PROCESSOR_WELL_AFTER = Duration.ofMinutes(1);

  private final AgentTelemetry telemetry;
  private final Scheduler timer;
  private final RandomGenerator random;
  private final DiskInventory inventory;
  private final Map<String, NodeTelemetry> nodes = new LinkedHashMap<>();
  private final Map<String, Outlets> outlets = new LinkedHashMap<>();
  private final Map<String, Inlet> inlets = new LinkedHashMap<>();
  private final Map<String, DeliveryTelemetry> deliveries = new LinkedHashMap<>();
  private final List<SourceNode> sources = new ArrayList<>();
  private final List<ProcessorNode> processors = new ArrayList<>();
  private final List<DestinationNode> destinations = new ArrayList<>();

  /**
   * @param timer one thread, on which the pipeline's life is led; nothing that blocks
   * @param random for jitter; thread safe
   */
  Assembly(AgentTelemetry telemetry, Scheduler timer, RandomGenerator random) {
    this(telemetry, timer, random, DiskInventory.none());
  }

  /**
   * @param timer one thread, on which the pipeline's life is led; nothing that blocks
   * @param random for jitter; thread safe
   * @param inventory of what the pipeline has on disk
   */
  Assembly(
      AgentTelemetry telemetry, Scheduler timer, RandomGenerator random, DiskInventory inventory) {
    this.inventory = inventory;
    this.telemetry = telemetry;
    this.timer = timer;
    this.random = random;
  }

  void source(String name, String type, Function<NodeTelemetry, Source> maker) {
    NodeTelemetry node = node(name, type, NodeKind.SOURCE);
    SourceNode source = new SourceNode(maker.apply(node), node, recovery(node, SOURCE_WELL_AFTER));
    outlets.put(name, source.outlets());
    sources.add(source);
  }

  void processor(String name, String type, Function<NodeTelemetry, Processor> maker) {
    NodeTelemetry node = node(name, type, NodeKind.PROCESSOR);
    ProcessorNode processor =
        new ProcessorNode(maker.apply(node), node, recovery(node, PROCESSOR_WELL_AFTER));
    outlets.put(name, processor.outlets());
    inlets.put(name, processor.inlet());
    processors.add(processor);
  }

  /** What a destination's delivery is made with. */
  interface DeliveryMaker {
    Delivery make(NodeTelemetry node, DeliveryTelemetry listener);
  }

  /**
   * @param threads of the delivery, disposed of once it has stopped
   */
  void destination(String name, String type, DeliveryMaker maker, Disposable threads) {
    NodeTelemetry node = node(name, type, NodeKind.DESTINATION);
    LateDelivery late = new LateDelivery();
    DeliveryTelemetry listener = telemetry.delivery(node, () -> late.get().snapshot());
    late.delivery = maker.make(node, listener);
    Preparation preparation =
        new Preparation(late.get()::prepare, recovery(node, DESTINATION_WELL_AFTER));
    DestinationNode destination =
        new DestinationNode(
            late.get(), node, preparation, recovery(node, SOURCE_WELL_AFTER), threads);
    inlets.put(name, destination.inlet());
    deliveries.put(name, listener);
    destinations.add(destination);
  }

  /** The delivery wants its listener first, and the listener reads the delivery's snapshots. */
  private static final class LateDelivery implements Supplier<Delivery> {
    private volatile @Nullable Delivery delivery;

    @Override
    public Delivery get() {
      Delivery made = delivery;
      if (made == null) {
        throw new IllegalStateException("the delivery is not made yet");
      }
      return made;
    }
  }

  /** Links two nodes that were added before. */
  void link(String from, String path, String to) {
    Outlets exit = outlets.get(from);
    Inlet entry = inlets.get(to);
    if (exit == null || entry == null) {
      throw new IllegalArgumentException("no link can lead from " + from + " to " + to);
    }
    exit.connect(path, entry);
  }

  private NodeTelemetry node(String name, String type, NodeKind kind) {
    NodeTelemetry node = telemetry.node(name, type, kind);
    nodes.put(name, node);
    return node;
  }

  private Recovery recovery(NodeTelemetry node, Duration wellAfter) {
    return new Recovery(node, timer, random, wellAfter);
  }

  AgentTelemetry telemetry() {
    return telemetry;
  }

  DiskInventory inventory() {
    return inventory;
  }

  Scheduler timer() {
    return timer;
  }

  List<SourceNode> sources() {
    return sources;
  }

  List<ProcessorNode> processors() {
    return processors;
  }

  List<DestinationNode> destinations() {
    return destinations;
  }

  Stream<NodeTelemetry> nodes() {
    return nodes.values().stream();
  }

  @Nullable DeliveryTelemetry delivery(String name) {
    return deliveries.get(name);
  }

  Stream<Link> links() {
    return outlets.values().stream().flatMap(exit -> exit.links().stream());
  }
}
