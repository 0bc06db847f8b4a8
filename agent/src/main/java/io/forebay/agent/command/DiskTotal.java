package io.forebay.agent.command;

import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.terminal.Amounts;
import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueSummary;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What queues take on the disk together.
 *
 * @param budget what they may take; null where no pipeline file sets a bound
 */
record DiskTotal(long diskBytes, @Nullable DataSize budget) {

  static DiskTotal of(List<QueueStatus> queues, Optional<PipelineGraph> graph) {
    long bytes = 0;
    for (QueueStatus queue : queues) {
      QueueSummary summary = queue.summary();
      bytes += summary == null ? 0 : summary.diskBytes();
    }
    DiskBudgetSettings budget = graph.map(read -> read.settings().diskBudget()).orElse(null);
    return new DiskTotal(bytes, budget == null ? null : budget.maxByteSize());
  }

  /** A line beneath the table. */
  String line() {
    DataSize max = budget;
    String sum = "together " + Amounts.bytes(diskBytes) + " on disk";
    if (max == null) {
      return sum;
    }
    long free = max.bytes() - diskBytes;
    return sum
        + ", of "
        + Amounts.bytes(max.bytes())
        + " (disk_budget.max_byte_size): "
        + (free < 0 ? Amounts.bytes(-free) + " too much" : Amounts.bytes(free) + " left");
  }
}
