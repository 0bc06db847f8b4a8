package io.forebay.core.runtime;

import io.forebay.core.config.DataSize;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.core.disk.DiskInventory;
import io.forebay.core.telemetry.DeliveryTelemetry;
import io.forebay.queue.QueueStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Says which limit makes a queue drop items: its own, one that all queues share, or the file
 * system's. Thread safe.
 */
final class QueueLimits {

  private static final String OVERFLOW = "overflow_";
  private static final String DISK_BUDGET = "disk_budget";

  private final Assembly assembly;

  QueueLimits(Assembly assembly) {
    this.assembly = assembly;
  }

  /** Whether items are dropped for this reason when there is no room for them. */
  static boolean isForRoom(String reason) {
    return reason.startsWith(OVERFLOW) || reason.equals(DISK_BUDGET);
  }

  /** The limit that the node's queue has run into of late: which, how large, and what sets it. */
  String sentence(String node, String reason) {
    DiskInventory inventory = assembly.inventory();
    BudgetStatus budget = inventory.status().budget();
    Cause shared = inventory.refusal(node);
    if (budget != null && (shared != null || reason.equals(DISK_BUDGET))) {
      Cause known = shared == null ? budget.spent() : shared;
      return budget.sentence(known == null ? Cause.BUDGET : known);
    }
    DeliveryTelemetry delivery = assembly.delivery(node);
    DeliverySnapshot snapshot = delivery == null ? null : delivery.snapshot();
    String trouble = snapshot == null ? null : snapshot.diskTrouble();
    return trouble != null ? trouble : own(snapshot == null ? null : snapshot.queue());
  }

  private static String own(@Nullable QueueStatistics queue) {
    return queue == null
        ? "the queue is full"
        : "the queue is full, with "
            + DataSize.ofBytes(queue.diskBytes()).rounded()
            + " of "
            + DataSize.ofBytes(queue.maxBytes()).rounded()
            + " (persistent_queue.max_byte_size)";
  }
}
