package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Cuts appends into frames; small ones share a frame. Used on the writer thread only. */
final class BatchEncoder {

  /** How many numbers are reserved at a time where records can be seen before they are synced. */
  private static final long RESERVED_SEQUENCES = 1L << 20;

  private static final ByteBuffer[] NO_PAYLOAD = new ByteBuffer[0];

  private final Reservation reservation;
  private final SegmentWriter segments;
  private final Checkpointer checkpointer;
  private final FrameEncoder frame;
  private final boolean always;

  /** Bound on a frame of several records; a single record may make a larger one. */
  private final int maxFrameBytes;

  /** A body so small lies in at most two frames of at most two segments. */
  private final int smallBodyBytes;

  private final PayloadCursor payload = new PayloadCursor();

  BatchEncoder(
      QueueOptions options,
      int segmentBytes,
      Ledger ledger,
      SegmentWriter segments,
      Checkpointer checkpointer) {
    this.reservation = ledger.reservation;
    this.segments = segments;
    this.checkpointer = checkpointer;
    this.frame = new FrameEncoder(options.compression());
    this.always = options.syncPolicy() instanceof SyncPolicy.Always;
    this.maxFrameBytes =
        Math.min(
            segmentBytes - SegmentHeader.BYTES, FrameHeader.BYTES + FrameHeader.MAX_BODY_BYTES);
    this.smallBodyBytes =
        Math.min(maxFrameBytes / 2 - 2 * FrameHeader.BYTES, FrameEncoder.TARGET_PAYLOAD_BYTES / 2)
            - 1;
  }

  /** An upper bound of what the append adds to the directory, however it is cut. */
  long maxBytesOnDisk(PendingAppend append) {
    long body = append.payloadBytes + (long) append.batch.count() * Integer.BYTES;
    if (body <= smallBodyBytes && append.batch.count() < FrameEncoder.TARGET_RECORDS) {
      return body + 2 * FrameHeader.BYTES + 2 * SegmentHeader.BYTES;
    }
    long smallest = Math.min(maxFrameBytes - FrameHeader.BYTES, FrameEncoder.TARGET_PAYLOAD_BYTES);
    long frames = 2 + 2 * body / smallest + append.batch.count() / FrameEncoder.TARGET_RECORDS;
    long segmentHeaders = 2 + 2 * (body + frames * FrameHeader.BYTES) / maxFrameBytes;
    return body + frames * FrameHeader.BYTES + segmentHeaders * SegmentHeader.BYTES;
  }

  /** Whether each record fits a frame; one that is larger than a segment gets its own. */
  boolean fits(PendingAppend append) {
    int longest = 0;
    for (int i = 0; i < append.batch.count(); i++) {
      longest = Math.max(longest, append.batch.lengths()[i]);
    }
    return (long) Integer.BYTES + longest <= FrameHeader.MAX_BODY_BYTES;
  }

  /** Whether the append can be added without leaving numbers out. */
  boolean follows(PendingAppend append) {
    return append.follows(segments.next() + frame.count());
  }

  /** Cuts the append into frames; those that are full are written. */
  void add(PendingAppend append, long millis) throws IOException {
    append.firstSequence = segments.next() + frame.count();
    payload.begin(append.batch.payload());
    int[] lengths = append.batch.lengths();
    int announced = 0;
    for (int i = 0; i < append.batch.count(); i++) {
      int length = lengths[i];
      if (frame.count() > 0 && !takes(length)) {
        payload.take(announced, frame);
        announced = 0;
        endFrame(millis);
      }
      frame.addLength(length);
      announced += length;
    }
    payload.take(announced, frame);
    payload.begin(NO_PAYLOAD);
  }

  /** Ends the frame that is being filled. */
  void end(long millis) throws IOException {
    if (frame.count() > 0) {
      endFrame(millis);
    }
  }

  /** Forgets the frame that is being filled. */
  void clear() {
    frame.clear();
    payload.begin(NO_PAYLOAD);
  }

  private boolean takes(int length) {
    return frame.count() < FrameEncoder.TARGET_RECORDS
        && (long) frame.payloadBytes() + length <= FrameEncoder.TARGET_PAYLOAD_BYTES
        && (long) frame.maxTotalBytes() + Integer.BYTES + length <= maxFrameBytes;
  }

  private void endFrame(long millis) throws IOException {
    if (!always) {
      long end = segments.next() + frame.count();
      if (end > reservation.sequence()) {
        long before = reservation.sequence();
        reservation.reserve(end + RESERVED_SEQUENCES);
        try {
          checkpointer.save(true);
        } catch (IOException e) {
          reservation.reserve(before);
          throw e;
        }
      }
    }
    segments.add(frame, millis);
  }

  /** Hands out the bytes of a batch from front to back. */
  private static final class PayloadCursor {
    private ByteBuffer[] buffers = NO_PAYLOAD;
    private int index;
    private int used;

    void begin(ByteBuffer[] payload) {
      buffers = payload;
      index = 0;
      used = 0;
    }

    void take(int bytes, FrameEncoder frame) {
      int left = bytes;
      while (left > 0) {
        ByteBuffer buffer = buffers[index];
        int n = Math.min(left, buffer.remaining() - used);
        if (n > 0) {
          frame.addPayload(buffer, buffer.position() + used, n);
        }
        used += n;
        left -= n;
        if (used == buffer.remaining()) {
          index++;
          used = 0;
        }
      }
    }
  }
}
