package io.forebay.core.telemetry;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.disk.OrphanedQueue;
import io.forebay.core.graph.NodeKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of one pipeline. Closing it takes them out of the registry again, so that the next
 * pipeline can bind its own. Thread safe.
 */
public final class AgentTelemetry implements AutoCloseable {

  private final Meters meters;
  private final Clock clock;
  private final List<NodeTelemetry> nodes = new CopyOnWriteArrayList<>();
  private final List<DeliveryTelemetry> deliveries = new CopyOnWriteArrayList<>();

  /**
   * @param clock tells the age of records and the end of certificates
   */
  public AgentTelemetry(MeterRegistry registry, Clock clock) {
    this.meters = new Meters(registry);
    this.clock = clock;
  }

  /** Binds the meters of a node. */
  public NodeTelemetry node(String name, String type, NodeKind kind) {
    NodeTelemetry node = new NodeTelemetry(name, type, kind, meters, clock);
    nodes.add(node);
    return node;
  }

  /**
   * Binds the meters of a destination's delivery.
   *
   * @param node the destination
   * @param snapshots asked at each scrape and sample; cheap, from any thread
   */
  public DeliveryTelemetry delivery(NodeTelemetry node, Supplier<DeliverySnapshot> snapshots) {
    DeliveryTelemetry delivery = new DeliveryTelemetry(node, meters, clock, snapshots);
    deliveries.add(delivery);
    return delivery;
  }

  /** Binds the pipeline's readiness. */
  public void ready(BooleanSupplier ready) {
    meters.gauge(AgentMeter.READY, () -> ready.getAsBoolean() ? 1 : 0);
  }

  /** Binds what the pipeline has on disk; the budget only where there is one. */
  public void disk(Supplier<DiskStatus> status) {
    orphans(AgentMeter.ORPHANED_QUEUE_RECORDS, status, OrphanedQueue::records);
    orphans(AgentMeter.ORPHANED_QUEUE_BYTES, status, OrphanedQueue::diskBytes);
    if (status.get().budget() != null) {
      budget(AgentMeter.DISK_BUDGET, status, budget -> orInfinite(budget.maxBytes()));
      budget(AgentMeter.DISK_BUDGET_USED, status, BudgetStatus::usedBytes);
      budget(AgentMeter.DISK_BUDGET_FREE, status, budget -> orInfinite(budget.freeBytes()));
      for (Cause cause : Cause.values()) {
        String limit = cause == Cause.BUDGET ? "max_byte_size" : "min_free_bytes";
        budget(
            AgentMeter.DISK_BUDGET_SPENT, status, budget -> budget.spent() == cause ? 1 : 0, limit);
      }
    }
  }

  private void budget(
      AgentMeter meter,
      Supplier<DiskStatus> status,
      ToDoubleFunction<BudgetStatus> value,
      String... tags) {
    meters.gauge(
        meter,
        () -> {
          BudgetStatus budget = status.get().budget();
          return budget == null ? Double.NaN : value.applyAsDouble(budget);
        },
        tags);
  }

  private void orphans(
      AgentMeter meter, Supplier<DiskStatus> status, ToLongFunction<OrphanedQueue> value) {
    meters.gauge(meter, () -> status.get().orphans().stream().mapToLong(value).sum());
  }

  private static double orInfinite(long bytes) {
    return bytes == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : bytes;
  }

  /**
   * Samples the counts of which rates are told; to be called about once a second.
   *
   * @param nanos by a clock that only goes forward
   */
  public void sample(long nanos) {
    nodes.forEach(node -> node.sample(nanos));
    deliveries.forEach(delivery -> delivery.sample(nanos));
  }

  /**
   * Takes the snapshots behind the meters anew. Meters are up to 50 ms old otherwise; those of the
   * next scrape tell all that has happened by now.
   */
  public void refresh() {
    deliveries.forEach(DeliveryTelemetry::snapshot);
  }

  @Override
  public void close() {
    meters.close();
  }
}
