package io.forebay.queue;

import java.io.IOException;

/**
 * What a queue does once a second, also when nobody asks anything of it. Used on the writer thread
 * only.
 */
final class Upkeep {

  private static final int FORGET_AFTER_TICKS = 5;

  private final boolean expires;
  private final QueueReader reader;
  private final Ledger ledger;
  private final SegmentWriter segments;
  private final Checkpointer checkpointer;
  private final Committer committer;
  private final QueueListener listener;

  private long nextAtTick;
  private int failuresAtTick;
  private int quietTicks;

  Upkeep(
      boolean expires,
      QueueReader reader,
      Ledger ledger,
      SegmentWriter segments,
      Checkpointer checkpointer,
      Committer committer,
      QueueListener listener) {
    this.expires = expires;
    this.reader = reader;
    this.ledger = ledger;
    this.segments = segments;
    this.checkpointer = checkpointer;
    this.committer = committer;
    this.listener = listener;
    this.nextAtTick = ledger.next();
  }

  /** Ages; and an empty queue lets go of its last segment once it rests. */
  void tick(Runnable save) {
    try {
      if (expires) {
        reader.dropExpired();
      }
    } catch (IOException e) {
      committer.diskFailed("read", e);
    }
    long next = ledger.next();
    if (next == nextAtTick) {
      segments.endIfSettled();
    }
    nextAtTick = next;
    save.run();
    forgetOldFailure();
  }

  /**
   * An empty queue may see no append for long that would show that the disk is well again. So some
   * quiet seconds and a state that could be synced will do.
   */
  private void forgetOldFailure() {
    int failures = committer.diskFailures();
    quietTicks = failures == failuresAtTick ? quietTicks + 1 : 0;
    failuresAtTick = failures;
    if (quietTicks < FORGET_AFTER_TICKS
        || ledger.statistics().records() > 0
        || !ledger.diskFailing(false)) {
      return;
    }
    try {
      checkpointer.save(true);
      listener.onDiskWell();
    } catch (IOException e) {
      committer.diskFailed("write the state", e);
    }
  }
}
