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

  /**
   * A limit in words, without a full stop, with the figures of the moment when it was run into.
   *
   * @param present while it goes on
   * @param past for whoever is told later
   */
  record Words(String present, String past) {}

  private final Assembly assembly;

  QueueLimits(Assembly assembly) {
    this.assembly = assembly;
  }

  /** Whether items are dropped for this reason when there is no room for them. */
  static boolean isForRoom(String reason) {
    return reason.startsWith(OVERFLOW) || reason.equals(DISK_BUDGET);
  }

  /**
   * The limit that the node's queue has run into: which, how large, what sets it, and how it stood
   * when items were dropped. To be asked within a second or so of that.
   */
  Words words(String node, String reason) {
    DiskInventory inventory = assembly.inventory();
    BudgetStatus refusal = inventory.refusal(node);
    BudgetStatus budget = inventory.status().budget();
    if (refusal == null && budget != null && reason.equals(DISK_BUDGET)) {
      refusal = budget.spent() == null ? budget.because(Cause.BUDGET) : budget;
    }
    if (refusal != null) {
      return new Words(refusal.sentence(), refusal.pastSentence());
    }
    DeliveryTelemetry delivery = assembly.delivery(node);
    DeliverySnapshot snapshot = delivery == null ? null : delivery.snapshot();
    String trouble = snapshot == null ? null : snapshot.diskTrouble();
    return trouble != null
        ? new Words(trouble, "its disk failed, and was told of then as: " + trouble)
        : own(snapshot == null ? null : snapshot.queue());
  }

  private static Words own(@Nullable QueueStatistics queue) {
    String size =
        queue == null
            ? ""
            : ", with "
                + DataSize.ofBytes(queue.diskBytes()).rounded()
                + " of "
                + DataSize.ofBytes(queue.maxBytes()).rounded()
                + " (persistent_queue.max_byte_size)";
    return new Words("the queue is full" + size, "the queue was full" + size);
  }
}
