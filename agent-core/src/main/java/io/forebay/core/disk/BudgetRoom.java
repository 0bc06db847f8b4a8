package io.forebay.core.disk;

import org.jspecify.annotations.Nullable;

/**
 * By how much a queue can grow before the disk budget refuses.
 *
 * @param bytes {@link Long#MAX_VALUE} where nothing bounds it
 * @param bound what refuses then; null where nothing does
 */
public record BudgetRoom(long bytes, BudgetStatus.@Nullable Cause bound) {

  static final BudgetRoom UNLIMITED = new BudgetRoom(Long.MAX_VALUE, null);
}
