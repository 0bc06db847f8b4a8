package io.forebay.queue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/** What the headers of segments tell of the numbers before them, read when it is asked for. */
final class SegmentHeads {

  private final Storage storage;
  private final Ledger ledger;
  private final Losses losses;

  SegmentHeads(Storage storage, Ledger ledger, Losses losses) {
    this.storage = storage;
    this.ledger = ledger;
    this.losses = losses;
  }

  /**
   * From where on no number before the segment is a record's, as {@code FORMAT.md} has it.
   *
   * @throws QueueFormatException when a newer version wrote it
   */
  long resumedFrom(Segment wanted) throws IOException {
    List<Segment> damaged = new ArrayList<>();
    Segment segment = wanted;
    while (segment != null && segment.resumedFrom == Segment.UNKNOWN && !readHeader(segment)) {
      damaged.add(segment);
      segment = ledger.segmentAfter(segment);
    }
    if (segment != null) {
      // What was nobody's when this one was begun was so before: to show such records now would be
      // to take them back when the damaged segments are gone.
      for (Segment before : damaged) {
        before.resumedFrom = Math.min(before.first, segment.resumedFrom);
      }
    }
    return wanted.resumedFrom;
  }

  /** Takes over what the header of the segment tells; false when it is damaged or gone. */
  private boolean readHeader(Segment segment) throws IOException {
    try (StorageFile opened = storage.open(segment.name())) {
      SegmentHeader header =
          SegmentHeader.read(opened, storage.path(segment.name()), segment.first);
      segment.resumedFrom = segment.first;
      if (header == null) {
        losses.damaged(segment, 0, 0, "the segment header is damaged; its frames are read");
        return false;
      }
      if (header.epoch() != ledger.epoch()) {
        losses.damaged(segment, 0, 0, EpochCheck.STRANGE + "; its frames are read");
      }
      segment.resumedFrom = header.resumedFrom();
      return true;
    } catch (NoSuchFileException e) {
      DirectoryGuard.check(storage);
      segment.resumedFrom = segment.first;
      return false; // noticed again, and counted, when the cursor gets there
    }
  }
}
