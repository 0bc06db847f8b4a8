package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.LinkStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.runtime.PipelineStatus.State;
import io.forebay.core.telemetry.DeliveryTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads a running assembly into a {@link PipelineStatus}. */
final class StatusReader {

  private StatusReader() {}

  static PipelineStatus read(Assembly assembly, State state, @Nullable Instant startedAt) {
    return new PipelineStatus(
        state,
        startedAt,
        assembly.nodes().map(node -> status(node, assembly.delivery(node.name()))).toList(),
        assembly
            .links()
            .map(link -> new LinkStatus(link.fromName(), link.path(), link.toName(), link.items()))
            .toList(),
        assembly.inventory().status());
  }

  private static NodeStatus status(NodeTelemetry node, @Nullable DeliveryTelemetry delivery) {
    return new NodeStatus(
        node.name(),
        node.type(),
        node.kind(),
        node.trouble(),
        node.agentId(),
        node.readItems(),
        node.readBytes(),
        node.writeItems(),
        node.writeBytes(),
        node.readItemsPerSecond(),
        node.writeItemsPerSecond(),
        node.drops(),
        node.events(),
        delivery == null ? null : status(delivery));
  }

  private static DeliveryStatus status(DeliveryTelemetry delivery) {
    DeliverySnapshot snapshot = delivery.snapshot();
    return new DeliveryStatus(
        snapshot,
        delivery.truncations(),
        delivery.secondsToFull(snapshot),
        DeliveryTelemetry.secondsToDrained(snapshot));
  }
}
