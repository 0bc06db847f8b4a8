package io.forebay.queue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far the newest segment is sound. Frames at its end that are cut, or whose checksum does not
 * fit, with nothing sound after them, are a torn tail: the crash came before they were synced.
 *
 * @param end offset after the last sound frame
 * @param nextSequence number after its last record
 */
record Tail(long end, long nextSequence) {

  /** Frames whose bodies may have to be looked at, newest last. */
  private static final int REMEMBERED_FRAMES = 4096;

  private record Found(long offset, FrameHeader header) {}

  static Tail of(Storage storage, Segment newest) throws IOException {
    try (SegmentReader reader = new SegmentReader(storage, storage.open(newest.name()))) {
      long limit = newest.fileBytes;
      while (true) {
        Deque<Found> frames = frames(reader, newest.first, limit);
        if (frames.isEmpty()) {
          return new Tail(SegmentHeader.BYTES, newest.first);
        }
        long firstOffset = frames.getFirst().offset();
        while (!frames.isEmpty()) {
          Found last = frames.removeLast();
          FrameHeader header = last.header();
          if (reader.body(header, last.offset(), limit) != null) {
            return new Tail(last.offset() + header.totalBytes(), header.endSequence());
          }
        }
        limit = firstOffset;
      }
    }
  }

  /** The last frames below the limit whose headers are sound. */
  private static Deque<Found> frames(SegmentReader reader, long first, long limit)
      throws IOException {
    Deque<Found> frames = new ArrayDeque<>();
    long offset = SegmentHeader.BYTES;
    long sequence = first;
    while (offset >= 0 && offset < limit) {
      FrameHeader header = reader.header(offset, limit);
      if (header != null
          && header.firstSequence() >= sequence
          && header.endSequence() <= SegmentHeader.MAX_SEQUENCE) {
        if (frames.size() == REMEMBERED_FRAMES) {
          frames.removeFirst();
        }
        frames.addLast(new Found(offset, header));
        sequence = header.endSequence();
        offset += header.totalBytes();
      } else {
        offset = reader.find(offset + 1, limit, sequence, SegmentHeader.MAX_SEQUENCE);
      }
    }
    return frames;
  }
}
