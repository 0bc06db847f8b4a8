package io.forebay.queue;

/** A frame of which records were read and are not all settled; guarded by the {@link Ledger}. */
final class FrameReference {

  final Segment segment;
  final long offset;
  final FrameHeader header;

  /** Records that are not settled. */
  long live;

  FrameReference(Segment segment, long offset, FrameHeader header) {
    this.segment = segment;
    this.offset = offset;
    this.header = header;
  }
}
