package io.forebay.core.disk;

import org.jspecify.annotations.Nullable;

/**
 * What the agent has on disk.
 *
 * @param budget null where there is none
 */
public record DiskStatus(@Nullable BudgetStatus budget) {

  /** Where nothing is known of the disk. */
  public static final DiskStatus NONE = new DiskStatus(null);
}
