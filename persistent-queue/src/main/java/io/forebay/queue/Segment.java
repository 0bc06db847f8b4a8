package io.forebay.queue;

/** What is known of a segment file; guarded by the {@link Ledger}. */
final class Segment {

  static final long UNKNOWN = -1;

  /** First sequence number; also names the file. */
  final long first;

  /** See {@link SegmentHeader#resumedFrom}; {@link #UNKNOWN} until its header was read. */
  long resumedFrom;

  /** Length of the file. */
  long fileBytes;

  /** Frames beyond this offset are not there, or not there yet. */
  long readableEnd;

  /** Bytes of frames that hold a live record. */
  long liveBytes;

  /** Nothing will be written to it any more. */
  boolean sealed;

  Segment(long first, long resumedFrom, long fileBytes) {
    this.first = first;
    this.resumedFrom = resumedFrom;
    this.fileBytes = fileBytes;
    this.readableEnd = SegmentHeader.BYTES;
  }

  /** A segment found on disk. */
  static Segment found(long first, long fileBytes) {
    Segment segment = new Segment(first, UNKNOWN, fileBytes);
    segment.readableEnd = Math.max(SegmentHeader.BYTES, fileBytes);
    segment.liveBytes = segment.readableEnd - SegmentHeader.BYTES;
    segment.sealed = true;
    return segment;
  }

  /** Takes over what the state file tells; frames that came later are taken for live. */
  void restore(QueueState.LiveBytes live) {
    long later = Math.max(0, readableEnd - live.end());
    liveBytes = Math.min(live.bytes() + later, readableEnd - SegmentHeader.BYTES);
  }

  String name() {
    return SegmentHeader.fileName(first);
  }
}
