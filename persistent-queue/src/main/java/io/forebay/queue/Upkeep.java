package io.forebay.queue;

import java.io.IOException;

/**
 * What a queue does once a second, also when nobody asks anything of it. Used on the writer thread
 * only.
 */
final class Upkeep {

  /** Longer than those who read and fail wait between two attempts. */
  private static final int READ_PROBE_TICKS = 10;

  private final boolean expires;
  private final QueueReader reader;
  private final Ledger ledger;
  private final SegmentWriter segments;
  private final Checkpointer checkpointer;
  private final DiskProbe probe;
  private final DiskHealth health;

  private long nextAtTick;
  private int failuresAtTick;
  private int readFailuresAtTick;
  private int ticksWithoutRead;

  Upkeep(
      boolean expires,
      QueueReader reader,
      Ledger ledger,
      SegmentWriter segments,
      Checkpointer checkpointer,
      DiskProbe probe,
      DiskHealth health) {
    this.expires = expires;
    this.reader = reader;
    this.ledger = ledger;
    this.segments = segments;
    this.checkpointer = checkpointer;
    this.probe = probe;
    this.health = health;
    this.nextAtTick = ledger.next();
  }

  /**
   * Finds out how old the oldest record is. What cannot be read now is tried again with the next
   * lease; appends need not wait for it.
   *
   * @throws QueueFormatException when a newer version wrote it
   */
  void findOldest() throws QueueFormatException {
    try {
      reader.dropExpired();
    } catch (QueueFormatException e) {
      throw e;
    } catch (IOException e) {
      health.readFailed(e);
    }
  }

  /**
   * Ages; an empty queue lets go of its last segment once it rests; and what is settled is made to
   * survive a power cut.
   */
  void tick(Runnable save) {
    try {
      look(save);
    } catch (RuntimeException e) {
      health.writeFailed("look after itself", e); // what waits for room waits for the next tick
    }
  }

  private void look(Runnable save) {
    try {
      if (expires) {
        reader.dropExpired();
      }
      probeReading();
    } catch (IOException e) {
      health.readFailed(e);
    }
    segments.endIfGone();
    long next = ledger.next();
    if (next == nextAtTick) {
      segments.endIfSettled();
    }
    nextAtTick = next;
    save.run();
    syncState();
    probe();
  }

  private void syncState() {
    try {
      checkpointer.syncState();
    } catch (IOException e) {
      health.writeFailed("write the state", e); // the next tick tries again
    }
  }

  /** Nobody may read for long: what the next frame's header shows will do then. */
  private void probeReading() throws IOException {
    int failures = health.readFailures();
    ticksWithoutRead = failures == readFailuresAtTick ? ticksWithoutRead + 1 : 0;
    readFailuresAtTick = failures;
    if (health.readsFail() && ticksWithoutRead >= READ_PROBE_TICKS) {
      reader.dropExpired();
      health.read();
    }
  }

  /** No append may come for long that would show that the disk is well again. */
  private void probe() {
    if (!health.writesFail()) {
      return;
    }
    int failures = health.writeFailures();
    boolean quiet = failures == failuresAtTick;
    failuresAtTick = failures;
    if (!quiet) {
      return; // it was tried a moment ago
    }
    try {
      probe.write();
      health.wrote();
    } catch (IOException e) {
      health.writeFailed("append", e);
      failuresAtTick = health.writeFailures();
    }
  }
}
