package io.forebay.queue;

/**
 * Lets those whose appends have just been completed come back before the next group begins, for
 * they share its sync then: without it two halves of the callers would take turns, each at the
 * price of a sync of its own. Never waits longer than a part of what a sync takes, and not at all
 * after a rest. Used on the writer thread only.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields only shorten a wait that has its bounds anyway
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
  private long beganAt;
  private long quietFrom;
  private int expected;

  GroupWait(AppendLine line) {
    this.line = line;
  }

  /**
   * A group was completed.
   *
   * @param expected how many appends the next one may hold: those of this one, whose callers may
   *     come back, and those that wait already
   */
  void ended(int expected, long syncNanos) {
    this.expected = Math.min(expected, ENOUGH_APPENDS);
    budgetNanos = Math.min(syncNanos / 4, MAX_NANOS);
    endedAt = System.nanoTime();
  }

  /** Returns when an append waits, or when it is not worth to wait for one any longer. */
  void awaitFirst() {
    while (line.size() == 0 && System.nanoTime() - endedAt < budgetNanos) {
      Thread.yield();
    }
    beganAt = System.nanoTime();
    quietFrom = Math.max(beganAt, endedAt + WAKE_NANOS);
  }

  /**
   * Waits for another append to join the group that has taken all that came.
   *
   * @param taken how many appends are in the group
   * @return whether one came
   */
  boolean awaitNext(int taken) {
    if (taken >= expected) {
      return false;
    }
    while (line.size() == 0) {
      long now = System.nanoTime();
      if (now - quietFrom >= QUIET_NANOS || now - beganAt >= budgetNanos) {
        return false;
      }
      Thread.yield();
    }
    quietFrom = Math.max(System.nanoTime(), quietFrom);
    return true;
  }
}
