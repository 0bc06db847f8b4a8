package io.forebay.queue;

import java.io.IOException;

/**
 * Makes room for an append that does not fit, in the way that was chosen for the queue. Used on the
 * writer thread only.
 */
final class OverflowPolicy {

  /** What becomes of an append. */
  enum Admission {
    ADMITTED(DropReason.OVERFLOW_NEWEST),
    TOO_LARGE(DropReason.TOO_LARGE),
    FULL(DropReason.OVERFLOW_NEWEST),
    DISK_FULL(DropReason.DISK_BUDGET),
    LATER(DropReason.OVERFLOW_NEWEST);

    /** Why it is dropped, where it is. */
    final DropReason reason;

    Admission(DropReason reason) {
      this.reason = reason;
    }
  }

  private final Overflow overflow;
  private final Ledger ledger;
  private final Room room;
  private final SegmentWriter segments;
  private final Checkpointer checkpointer;
  private final Evidence evidence;
  private final Losses losses;

  OverflowPolicy(
      QueueOptions options,
      Ledger ledger,
      Room room,
      SegmentWriter segments,
      Checkpointer checkpointer,
      Evidence evidence,
      Losses losses) {
    this.overflow = options.overflow();
    this.ledger = ledger;
    this.room = room;
    this.segments = segments;
    this.checkpointer = checkpointer;
    this.evidence = evidence;
    this.losses = losses;
  }

  /**
   * Takes room for so many bytes, freeing some where the policy says so.
   *
   * @param fitsFrames false when no room would be enough
   */
  Admission makeRoom(long bytes, boolean fitsFrames) throws IOException {
    if (!fitsFrames || room.neverFits(bytes, ledger.segmentFileBytes() + evidence.bytes())) {
      return Admission.TOO_LARGE;
    }
    segments.endIfSettled();
    checkpointer.reclaim();
    evidence.makeRoom(bytes);
    while (!room.take(bytes)) {
      if (overflow == Overflow.BLOCK) {
        return Admission.LATER;
      }
      boolean own = room.isOwnBound(bytes);
      if (!isRing() || ledger.oldestSegment() == null) {
        return own ? Admission.FULL : Admission.DISK_FULL;
      }
      // The shared room that this frees stays the queue's own until the group has ended.
      dropOldest();
      room.begin();
    }
    return Admission.ADMITTED;
  }

  /** Whether what is oldest may go. */
  boolean isRing() {
    return overflow == Overflow.DROP_OLDEST;
  }

  /** Gives up the oldest segment. The room that it had in a shared disk is not given back yet. */
  void dropOldest() throws IOException {
    Segment oldest = ledger.oldestSegment();
    if (oldest == null) {
      throw new IOException("no segment is left to drop in a full queue");
    }
    if (segments.writesTo(oldest)) {
      segments.end();
    }
    losses.dropped(DropReason.OVERFLOW_OLDEST, ledger.evict(oldest));
    checkpointer.reclaim();
    if (ledger.oldestSegment() == oldest) {
      throw new IOException("the oldest segment cannot be deleted: " + oldest.name());
    }
  }
}
