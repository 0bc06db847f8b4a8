package io.forebay.queue;

import java.io.IOException;
import java.time.Clock;
import java.util.List;

/**
 * Stores what is settled, and deletes the segments that this lets go. Used on the writer thread
 * only.
 */
final class Checkpointer {

  /** A sync is followed by so many times its duration without one: it is a fiftieth of the time. */
  private static final long SYNC_REST = 49;

  private static final long MAX_REST_MILLIS = 30_000;

  private final Storage storage;
  private final Ledger ledger;
  private final Room room;
  private final StateFile file;
  private final DirectoryGuard guard;
  private final Clock clock;

  private boolean unsynced;
  private long syncedAt;
  private long restMillis;

  Checkpointer(
      Storage storage,
      Ledger ledger,
      Room room,
      StateFile file,
      DirectoryGuard guard,
      Clock clock) {
    this.storage = storage;
    this.ledger = ledger;
    this.room = room;
    this.file = file;
    this.guard = guard;
    this.clock = clock;
  }

  /**
   * Writes the state.
   *
   * @return up to which sequence number the file tells all that is settled
   */
  long save(boolean sync) throws IOException {
    QueueState state = ledger.snapshot();
    long start = clock.millis();
    try {
      long told = file.write(state, sync);
      unsynced = !sync;
      if (sync) {
        syncedAt = clock.millis();
        restMillis = Math.min(MAX_REST_MILLIS, SYNC_REST * Math.max(0, syncedAt - start));
      }
      return told;
    } catch (IOException e) {
      ledger.unsaved();
      throw e;
    }
  }

  /**
   * Syncs the state where it was written and not synced since, so that a power cut repeats little.
   * Appends wait meanwhile: where syncs are slow it is done more rarely.
   */
  void syncState() throws IOException {
    long since = clock.millis() - syncedAt;
    boolean rested = since < 0 || since >= restMillis;
    if (unsynced && rested) {
      guard.ensure();
      save(true);
    }
  }

  /**
   * As {@link #reclaim}, and gives what that frees of a shared disk to whoever wants it.
   *
   * @return whether anything was deleted
   */
  boolean giveBack() throws IOException {
    boolean deleted = reclaim();
    room.settle();
    return deleted;
  }

  /**
   * Deletes segments without a live record, after the state that says so is durable.
   *
   * @return whether anything was deleted
   */
  boolean reclaim() throws IOException {
    List<Segment> dead = ledger.deadSegments(Long.MAX_VALUE);
    if (dead.isEmpty()) {
      return false;
    }
    guard.ensure();
    long told = save(true);
    dead.removeIf(segment -> ledger.end(segment) > told);
    for (Segment segment : dead) {
      storage.delete(segment.name());
    }
    // Not before this is their room free: a power cut would bring them back beside what took it.
    storage.syncDirectory();
    dead.forEach(ledger::removed);
    return !dead.isEmpty();
  }
}
