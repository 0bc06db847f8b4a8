package io.forebay.core.runtime;

import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.core.disk.DiskInventory;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.disk.OrphanedQueue;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of queues that nobody owns, and when the disk budget is spent and when it is well
 * again. Not thread safe.
 */
final class DiskWatch {

  private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

  private final DiskInventory inventory;
  private final Set<Path> toldOrphans = new HashSet<>();
  private @Nullable Cause told;

  DiskWatch(DiskInventory inventory) {
    this.inventory = inventory;
  }

  /** To be called about once a second. */
  void tick() {
    DiskStatus disk = inventory.status();
    tell(disk.orphans());
    BudgetStatus budget = disk.budget();
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

  /** Each once; one that is empty is worth no line. */
  private void tell(List<OrphanedQueue> orphans) {
    for (OrphanedQueue orphan : orphans) {
      if (orphan.records() > 0 && toldOrphans.add(orphan.directory())) {
        log.warn("{}", orphan.sentence());
      }
    }
  }
}
