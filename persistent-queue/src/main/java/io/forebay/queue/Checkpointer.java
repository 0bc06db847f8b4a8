package io.forebay.queue;

import java.io.IOException;
import java.util.List;

/**
 * Stores what is settled, and deletes the segments that this lets go. Used on the writer thread
 * only.
 */
final class Checkpointer {

  private final Storage storage;
  private final Ledger ledger;
  private final Room room;
  private final StateFile file;
  private final DirectoryGuard guard;

  Checkpointer(Storage storage, Ledger ledger, Room room, StateFile file, DirectoryGuard guard) {
    this.storage = storage;
    this.ledger = ledger;
    this.room = room;
    this.file = file;
    this.guard = guard;
  }

  /**
   * Writes the state.
   *
   * @return up to which sequence number the file tells all that is settled
   */
  long save(boolean sync) throws IOException {
    QueueState state = ledger.snapshot();
    try {
      return file.write(state, sync);
    } catch (IOException e) {
      ledger.unsaved();
      throw e;
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
