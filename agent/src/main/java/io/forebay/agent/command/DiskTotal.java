package io.forebay.agent.command;

import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.terminal.Amounts;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.queue.QueueSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What queues take on the disk together.
 *
 * @param budget what bounds them; null where nothing does
 */
record DiskTotal(long diskBytes, @Nullable BudgetStatus budget) {

  static DiskTotal of(List<QueueStatus> queues, @Nullable BudgetStatus budget) {
    long bytes = 0;
    for (QueueStatus queue : queues) {
      QueueSummary summary = queue.summary();
      bytes += summary == null ? 0 : summary.diskBytes();
    }
    boolean bounded = budget != null && budget.maxBytes() != Long.MAX_VALUE;
    return new DiskTotal(bytes, bounded ? budget : null);
  }

  /** A line beneath the table. */
  String line() {
    BudgetStatus bound = budget;
    String sum = "together " + Amounts.bytes(diskBytes) + " on disk";
    if (bound == null) {
      return sum;
    }
    long over = bound.usedBytes() - bound.maxBytes();
    String left =
        over > 0
            ? Amounts.bytes(over) + " too much, so none can grow"
            : Amounts.bytes(bound.freeBytes())
                + " left for any queue, "
                + Amounts.bytes(bound.setAsideBytes())
                + " more set aside for those below their share";
    return sum
        + ", of "
        + Amounts.bytes(bound.maxBytes())
        + " (disk_budget.max_byte_size): "
        + left;
  }
}
