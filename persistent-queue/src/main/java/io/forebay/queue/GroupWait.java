package io.forebay.queue;

/**
 * Lets those whose appends have just been completed come back before the next group begins, for
 * they share its sync then: without it two halves of the callers would take turns, each at the
 * price of a sync of its own. Never waits longer than a part of what a sync takes, and not at all
 * after a rest. Used on the writer thread only.
 */
final class GroupWait {

  private static final long MAX_NANOS = 200_000;

  /** What a caller may need to wake up. */
  private static final long WAKE_NANOS = 40_000;

  /** Nobody else comes when nobody came for so long. */
  private static final long QUIET_NANOS = 10_000;

  /** A sync is a small part of what so many cost. */
  private static final int ENOUGH_APPENDS = 1024;

  private final AppendLine line;
  private long budgetNanos;
  private long endedAt;
  private int lastAppends;
  private int appendsBefore;

  GroupWait(AppendLine line) {
    this.line = line;
  }

  /** A group was completed. */
  void ended(int appends, long syncNanos) {
    appendsBefore = lastAppends;
    lastAppends = appends;
    budgetNanos = Math.min(syncNanos / 4, MAX_NANOS);
    endedAt = System.nanoTime();
  }

  /** Returns once the next group should begin, if anything waits. */
  void await() {
    int waiting = line.size();
    while (waiting == 0) {
      if (System.nanoTime() - endedAt >= budgetNanos) {
        return;
      }
      Thread.yield();
      waiting = line.size();
    }
    int recent = Math.max(lastAppends, appendsBefore);
    if (recent > 1) {
      awaitMore(waiting, Math.min(2 * recent, ENOUGH_APPENDS));
    }
  }

  private void awaitMore(int waiting, int enough) {
    int seen = waiting;
    long start = System.nanoTime();
    long quietFrom = Math.max(start, endedAt + WAKE_NANOS);
    while (seen < enough) {
      Thread.yield();
      long now = System.nanoTime();
      int size = line.size();
      if (size > seen) {
        seen = size;
        quietFrom = Math.max(now, quietFrom);
      } else if (now - quietFrom >= QUIET_NANOS) {
        return;
      }
      if (now - start >= budgetNanos) {
        return;
      }
    }
  }
}
