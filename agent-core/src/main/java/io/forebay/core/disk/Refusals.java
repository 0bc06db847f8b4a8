package io.forebay.core.disk;

import io.forebay.core.disk.BudgetStatus.Cause;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Why queues were refused growth, and until when that counts as the present. Thread safe. */
final class Refusals {

  /** So long after the last one it is well again. */
  private static final long WELL_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private record Refusal(Cause cause, @Nullable BudgetStatus then, long atNanos) {}

  private final LongSupplier nanos;
  private final Map<Path, Refusal> lastOf = new ConcurrentHashMap<>();
  private volatile @Nullable Refusal last;

  /**
   * @param nanos a clock that only goes forward
   */
  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * @param then how the budget stood
   */
  void refused(Path directory, Cause cause, BudgetStatus then) {
    Refusal refusal = new Refusal(cause, then, nanos.getAsLong());
    lastOf.put(directory, refusal);
    last = refusal;
  }

  /** All queues together are larger than they may be, as found; the next growth is refused. */
  Cause foundTooLarge() {
    last = new Refusal(Cause.BUDGET, null, nanos.getAsLong());
    return Cause.BUDGET;
  }

  /**
   * How the budget stood when the queue was last refused growth, within the last seconds; null when
   * it was not.
   */
  @Nullable BudgetStatus of(Path directory) {
    Refusal refusal = lastOf.get(directory);
    return refusal == null || isOver(refusal) ? null : refusal.then;
  }

  /**
   * What stands in the way of growth; null once nothing was refused for some seconds and there is
   * room.
   */
  @Nullable Cause spent(Predicate<Cause> hasRoom) {
    Refusal refusal = last;
    if (refusal != null && isOver(refusal) && hasRoom.test(refusal.cause)) {
      last = null;
      return null;
    }
    return refusal == null ? null : refusal.cause;
  }

  private boolean isOver(Refusal refusal) {
    return nanos.getAsLong() - refusal.atNanos >= WELL_AFTER_NANOS;
  }
}
