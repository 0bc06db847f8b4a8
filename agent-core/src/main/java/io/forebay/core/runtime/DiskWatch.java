package io.forebay.core.runtime;

import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.core.disk.DiskInventory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log when the disk budget is spent, and when it is well again. Not thread safe. */
final class DiskWatch {

  private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

  private final DiskInventory inventory;
  private @Nullable Cause told;

  DiskWatch(DiskInventory inventory) {
    this.inventory = inventory;
  }

  /** To be called about once a second. */
  void tick() {
    BudgetStatus budget = inventory.status().budget();
    if (budget == null || budget.spent() == told) {
      return;
    }
    told = budget.spent();
    if (told != null) {
      log.warn(
          "{}; until there is room again each queue goes on as its 'overflow' says",
          budget.sentence());
    } else {
      log.info("the disk budget has room again: {}", budget.sentence());
    }
  }
}
