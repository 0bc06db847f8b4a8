package io.forebay.core.graph;

import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Problems;
import io.forebay.core.graph.PipelineConfig.NodeConfig;
import org.jspecify.annotations.Nullable;

/** Compares the disk budget with the queues that share it. */
final class DiskBudgetCheck {

  private DiskBudgetCheck() {}

  /**
   * Reports a budget that is too small for its queues, and notes one that is less than their sum.
   */
  static void check(PipelineConfig config, Problems problems) {
    DiskBudgetSettings budget = config.settings() == null ? null : config.settings().diskBudget();
    DataSize max = budget == null ? null : budget.maxByteSize();
    if (max == null) {
      return;
    }
    int queues = 0;
    long wanted = 0;
    for (NodeConfig node : config.nodes()) {
      DestinationSettings settings = settings(node);
      if (settings != null) {
        PersistentQueueSettings queue = settings.persistentQueue();
        queues += queue == null ? 1 : 2; // each may have dead letters
        wanted += queue == null ? 0 : queue.maxByteSize().bytes();
      }
    }
    Position position = config.source().locate("settings", "disk_budget", "max_byte_size");
    DataSize least = DiskBudgetSettings.least(queues);
    if (max.compareTo(least) < 0) {
      problems.error(
          position,
          null,
          "disk_budget.max_byte_size "
              + max
              + " is too small for "
              + queues
              + " queues and dead letters",
          "make it at least " + least);
    } else if (wanted > max.bytes()) {
      problems.note(
          position,
          null,
          "the queues may want "
              + DataSize.ofBytes(wanted).rounded()
              + " together, and disk_budget.max_byte_size is "
              + max
              + ": while several are long, each overflows before its own max_byte_size",
          null);
    }
  }

  private static @Nullable DestinationSettings settings(NodeConfig node) {
    Record config = node.disabled() ? null : node.config();
    return config != null && node.factory() instanceof DestinationFactory<?> factory
        ? QueueDirectories.settings(factory, config)
        : null;
  }
}
