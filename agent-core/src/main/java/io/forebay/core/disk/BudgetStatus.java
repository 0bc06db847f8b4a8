package io.forebay.core.disk;

import io.forebay.core.config.DataSize;
import org.jspecify.annotations.Nullable;

/**
 * How the disk budget stands.
 *
 * @param maxBytes all queues and dead letters together at most; {@link Long#MAX_VALUE} where only
 *     the file systems bound them
 * @param usedBytes real bytes on disk of all queues, dead letters and orphaned queues, with what
 *     was granted and is about to be written
 * @param setAsideBytes kept for queues that do not use their share
 * @param minFreeBytes stay free on each file system
 * @param volumeFreeBytes free on the file system that has least; -1 when nothing asks for that
 * @param spent why growth was refused of late; null while all is granted
 */
public record BudgetStatus(
    long maxBytes,
    long usedBytes,
    long setAsideBytes,
    long minFreeBytes,
    long volumeFreeBytes,
    @Nullable Cause spent) {

  /** What stands in the way of growth. */
  public enum Cause {
    /** All queues together are as large as they may be. */
    BUDGET,
    /** A file system would have less left than it must. */
    FREE_SPACE
  }

  /** How it stands in words, without a full stop. */
  public String sentence() {
    return sentence(spent, false);
  }

  /** The same of what is over. */
  public String pastSentence() {
    return sentence(spent, true);
  }

  /** The same with what stands in the way of one queue's growth. */
  public BudgetStatus because(Cause cause) {
    return new BudgetStatus(
        maxBytes, usedBytes, setAsideBytes, minFreeBytes, volumeFreeBytes, cause);
  }

  private String sentence(@Nullable Cause cause, boolean past) {
    String used = "queues and dead letters " + (past ? "took " : "take ") + words(usedBytes);
    if (cause == Cause.FREE_SPACE) {
      return (past ? "a disk had " : "a disk has ")
          + words(volumeFreeBytes)
          + " free, and disk_budget.min_free_bytes keeps "
          + words(minFreeBytes)
          + "; "
          + used;
    }
    String bound =
        maxBytes == Long.MAX_VALUE
            ? ""
            : " of "
                + words(maxBytes)
                + " (disk_budget.max_byte_size), and "
                + words(setAsideBytes)
                + (past
                    ? " were set aside for those that were short"
                    : " are set aside for those that are short");
    String spentNow = past ? "the disk budget was spent: " : "the disk budget is spent: ";
    return (cause == Cause.BUDGET ? spentNow : "") + used + bound;
  }

  private static String words(long bytes) {
    return DataSize.ofBytes(Math.max(0, bytes)).rounded();
  }

  /** What any queue may still take beyond its share. */
  public long freeBytes() {
    return maxBytes == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, maxBytes - usedBytes - setAsideBytes);
  }
}
