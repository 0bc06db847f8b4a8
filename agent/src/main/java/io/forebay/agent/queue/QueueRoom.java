package io.forebay.agent.queue;

import io.forebay.core.disk.BudgetRoom;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.DiskBudget;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueSummary;
import org.jspecify.annotations.Nullable;

/**
 * By how much a queue can still grow.
 *
 * @param bytes until it overflows
 * @param bound the setting that it meets then
 */
public record QueueRoom(long bytes, String bound) {

  /** Of a queue as it stands; null where no pipeline file tells its bounds. */
  static @Nullable QueueRoom of(QueueStatus queue, DiskBudget budget) {
    QueueOptions options = queue.location().options();
    if (options == null || queue.trouble() != null) {
      return null;
    }
    QueueSummary summary = queue.summary();
    long own = Math.max(0, options.maxBytes() - (summary == null ? 0 : summary.diskBytes()));
    BudgetRoom shared = budget.room(options.directory());
    if (own <= shared.bytes()) {
      return new QueueRoom(own, "max_byte_size");
    }
    return new QueueRoom(
        shared.bytes(),
        shared.bound() == BudgetStatus.Cause.FREE_SPACE
            ? "disk_budget.min_free_bytes"
            : "disk_budget.max_byte_size");
  }
}
