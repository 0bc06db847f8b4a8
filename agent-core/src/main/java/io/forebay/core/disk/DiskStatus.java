package io.forebay.core.disk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the agent has on disk.
 *
 * @param budget null where there is none
 * @param orphans queues that no node owns
 */
public record DiskStatus(@Nullable BudgetStatus budget, List<OrphanedQueue> orphans) {

  /** Where nothing is known of the disk. */
  public static final DiskStatus NONE = new DiskStatus(null, List.of());

  public DiskStatus {
    orphans = List.copyOf(orphans);
  }
}
