package io.forebay.agent.command;

import io.forebay.core.graph.NodeKind;
import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.HealthReport.Reason;
import io.forebay.core.runtime.PipelineStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What the log says of a start: that the agent is ready, where every source takes data, or which do
 * and which do not yet.
 */
record StartLine(Level level, String text) {

  static StartLine of(PipelineStatus status, HealthReport health, long millis, String admin) {
    List<String> up = new ArrayList<>();
    List<String> down = new ArrayList<>();
    for (NodeStatus node : status.nodes()) {
      if (node.kind() == NodeKind.SOURCE) {
        health.reasons().stream()
            .filter(reason -> reason.node().equals(node.name()))
            .findFirst()
            .ifPresentOrElse(reason -> down.add(down(node, reason)), () -> up.add(node.name()));
      }
    }
    String rest =
        ", processors: "
            + count(status, NodeKind.PROCESSOR)
            + ", destinations: "
            + count(status, NodeKind.DESTINATION)
            + "; admin "
            + admin;
    if (down.isEmpty()) {
      return new StartLine(
          Level.INFO, "ready after " + millis + " ms: sources: " + up.size() + rest);
    }
    return new StartLine(
        Level.WARN,
        "started after "
            + millis
            + " ms, but not all sources are up: "
            + String.join("; ", down)
            + "; up: "
            + (up.isEmpty() ? "none" : String.join(", ", up))
            + rest);
  }

  private static String down(NodeStatus node, Reason reason) {
    return node.name()
        + (reason.code().equals(HealthReport.STARTING) ? " is still starting" : " is tried again")
        + " ("
        + reason.message()
        + ")";
  }

  private static long count(PipelineStatus status, NodeKind kind) {
    return status.nodes().stream().filter(node -> node.kind() == kind).count();
  }

  void write(Logger log) {
    log.atLevel(level).log(text);
  }
}
