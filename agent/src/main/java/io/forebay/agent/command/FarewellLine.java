package io.forebay.agent.command;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What the log says of a destination in the end: a warning where items were given up, set aside or
 * left in memory, which the process takes with it. What is left in the queue waits for the next
 * start.
 */
record FarewellLine(Level level, String text) {

  /** Empty for a node that is no destination. */
  static Optional<FarewellLine> of(NodeStatus node) {
    DeliveryStatus delivery = node.delivery();
    return delivery == null ? Optional.empty() : Optional.of(of(node, delivery.snapshot()));
  }

  private static FarewellLine of(NodeStatus node, DeliverySnapshot end) {
    boolean well =
        end.droppedItems() == 0 && end.deadLetteredItems() == 0 && end.memoryItems() == 0;
    String text =
        node.name()
            + ": received "
            + end.receivedItems()
            + ", delivered "
            + end.deliveredItems()
            + ", dead letters "
            + end.deadLetteredItems()
            + ", dropped "
            + end.droppedItems()
            + reasons(node, end)
            + ", left in the queue "
            + (end.bufferedItems() - end.memoryItems())
            + (end.memoryItems() == 0 ? "" : ", lost with the memory " + end.memoryItems());
    return new FarewellLine(well ? Level.INFO : Level.WARN, text);
  }

  private static String reasons(NodeStatus node, DeliverySnapshot end) {
    return end.droppedItems() == 0 || node.drops().isEmpty()
        ? ""
        : node.drops().entrySet().stream()
            .map(drops -> drops.getKey() + " " + drops.getValue().items())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  void write(Logger log) {
    log.atLevel(level).log(text);
  }
}
