package io.forebay.queue;

/**
 * How much a queue may still write: within its own bound, and within what it shares with others.
 * Used on the writer thread only.
 */
final class Room {

  private final Ledger ledger;
  private final SpaceGrant space;
  private long free;
  private long reach;

  Room(Ledger ledger, SpaceGrant space) {
    this.ledger = ledger;
    this.space = space;
  }

  /** Begins a group of writes: what is taken from now on comes on top of what is on disk. */
  void begin() {
    long used = ledger.diskBytes();
    free = ledger.freeBytes();
    reach = used;
  }

  /** Whether so many bytes more could be taken now. */
  boolean has(long bytes) {
    return bytes <= free && space.tryHold(reach + bytes);
  }

  /** Takes room for so many bytes more, where there is; false changes nothing. */
  boolean take(long bytes) {
    if (!has(bytes)) {
      return false;
    }
    free -= bytes;
    reach += bytes;
    return true;
  }

  /** Whether it is the queue's own bound that leaves no room for so many bytes. */
  boolean isOwnBound(long bytes) {
    return bytes > free;
  }

  /** Whether so many bytes could never be written, with all gone that may go. */
  boolean neverFits(long bytes, long removableBytes) {
    long kept = ledger.diskBytes() - removableBytes;
    return bytes > ledger.freeBytes() + removableBytes || bytes > space.maxBytes() - kept;
  }

  /** Gives back what was taken and is not written, or was deleted since. */
  void settle() {
    space.hold(ledger.diskBytes());
  }
}
