package io.forebay.core.disk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agent has on disk.
 *
 * @param budget null where there is none
 * @param orphans queues that no node owns
 * @param missed by their nodes, the queues that were missing, so that a new one is in their place
 */
public record DiskStatus(
    @Nullable BudgetStatus budget, List<OrphanedQueue> orphans, Map<String, MissedQueue> missed) {

  /** Where nothing is known of the disk. */
  public static final DiskStatus NONE = new DiskStatus(null, List.of(), Map.of());

  public DiskStatus {
    orphans = List.copyOf(orphans);
    missed = Map.copyOf(missed);
  }
}
