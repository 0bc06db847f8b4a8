package io.forebay.agent.rehearsal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What would lose nothing and make no source wait, as a rehearsal with room enough has shown.
 *
 * @param maxByteSize bytes that {@code max_byte_size} must have, a tenth to spare
 * @param drainRateLimit items a second that {@code drain_rate_limit} must let out; null where it is
 *     not the cause
 * @param maxAge that {@code max_age} must be at least, a tenth to spare; null where it is not the
 *     cause
 * @param needsQueue whether there is no {@code persistent_queue} yet
 * @param drained from the return of the receiver until the backlog was gone; null when it does not
 *     shrink, since the receiver takes no more than what comes
 * @param diskBudget bytes that {@code disk_budget.max_byte_size} must have; null where it is enough
 *     or not set
 */
public record Advice(
    long maxByteSize,
    @Nullable Integer drainRateLimit,
    @Nullable Duration maxAge,
    boolean needsQueue,
    @Nullable Duration drained,
    @Nullable Long diskBudget) {

  private static final double TO_SPARE = 1.1;

  static Advice of(
      Figures enough,
      @Nullable Integer drainRateLimit,
      @Nullable Duration oldest,
      boolean needsQueue,
      BudgetPart budget) {
    long maxByteSize = rounded((long) (enough.peakDiskBytes() * TO_SPARE));
    Long most = budget.mostBytes();
    return new Advice(
        maxByteSize,
        drainRateLimit,
        oldest == null
            ? null
            : Duration.ofMinutes((long) Math.ceil(oldest.toSeconds() * TO_SPARE / 60)),
        needsQueue,
        enough.drained(),
        most == null || most >= maxByteSize ? null : rounded(budget.budgetFor(maxByteSize)));
  }

  /** Upwards, to two digits, or three that begin with 1. */
  private static long rounded(long bytes) {
    long unit = 1;
    while (bytes / unit >= 200) {
      unit *= 10;
    }
    return (bytes + unit - 1) / unit * unit;
  }
}
