package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a pipeline, for people and for the status page. Counts run from the start of the
 * pipeline, rates cover the last ten seconds, bytes are weights.
 *
 * @param state what the pipeline as a whole does
 * @param startedAt when it began to run; null before
 * @param nodes in the order of the pipeline file
 * @param links between them
 * @param disk what the pipeline has on disk
 */
public record PipelineStatus(
    State state,
    @Nullable Instant startedAt,
    List<NodeStatus> nodes,
    List<LinkStatus> links,
    DiskStatus disk) {

  public PipelineStatus {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
  }

  /** Where in its life a pipeline is. */
  public enum State {
    NEW,
    STARTING,
    RUNNING,
    STOPPING,
    STOPPED,
    FAILED
  }

  /**
   * One node.
   *
   * @param trouble why it does not work as it should; null when it does
   * @param agentId the id that it gives to others as the agent's; null where it gives none
   * @param drops what ended here, by reason
   * @param events counts by name
   * @param delivery of a destination; null of all others
   */
  public record NodeStatus(
      String name,
      String type,
      NodeKind kind,
      @Nullable String trouble,
      @Nullable String agentId,
      long readItems,
      long readBytes,
      long writeItems,
      long writeBytes,
      double readItemsPerSecond,
      double writeItemsPerSecond,
      Map<String, NodeTelemetry.Drops> drops,
      Map<String, Long> events,
      @Nullable DeliveryStatus delivery) {}

  /**
   * A destination's delivery.
   *
   * @param truncations records that the queue gave up because it was full
   * @param secondsToFull at the rate of the last ten seconds; NaN when the queue does not grow
   * @param secondsToDrained at the drain rate; 0 without a backlog, NaN when it stands
   */
  public record DeliveryStatus(
      DeliverySnapshot snapshot, long truncations, double secondsToFull, double secondsToDrained) {}

  /**
   * One link.
   *
   * @param path the exit of {@code from}; empty for the ordinary one
   * @param items carried
   */
  public record LinkStatus(String from, String path, String to, long items) {}
}
