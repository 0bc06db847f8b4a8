package io.forebay.queue;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the body of a frame.
 *
 * @param bodyBytes length of the body as stored
 * @param firstSequence of the first record
 * @param appendedAtMillis when the frame was encoded, milliseconds since the epoch
 * @param count number of records, at least 1
 * @param payloadBytes sum of the records' lengths
 * @param compressed whether the body is one zstd frame
 * @param bodyChecksum CRC32C of the body as stored
 */
record FrameHeader(
    int bodyBytes,
    long firstSequence,
    long appendedAtMillis,
    int count,
    int payloadBytes,
    boolean compressed,
    int bodyChecksum) {

  static final int BYTES = 44;

  /** Bound on a body, stored or decompressed, whatever its header says. */
  static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  static final int MAGIC = 0x46424652; // FBFR

  private static final int CHECKED_BYTES = BYTES - 4;
  private static final int COMPRESSED = 1;

  /** Length of the body before compression: a length of four bytes for each record, the records. */
  int rawBytes() {
    return count * Integer.BYTES + payloadBytes;
  }

  /** Length of the whole frame on disk. */
  int totalBytes() {
    return BYTES + bodyBytes;
  }

  /** The sequence number after the last record. */
  long endSequence() {
    return firstSequence + count;
  }

  /** Puts the header into the buffer at an absolute place. */
  void encode(ByteBuffer into, int at) {
    into.putInt(at, MAGIC);
    into.putInt(at + 4, bodyBytes);
    into.putLong(at + 8, firstSequence);
    into.putLong(at + 16, appendedAtMillis);
    into.putInt(at + 24, count);
    into.putInt(at + 28, payloadBytes);
    into.putInt(at + 32, compressed ? COMPRESSED : 0);
    into.putInt(at + 36, bodyChecksum);
    into.putInt(at + CHECKED_BYTES, checksum(into, at));
  }

  /**
   * Reads a header at an absolute place, trusting nothing.
   *
   * @param available bytes of the file from the header's first on; the frame must fit
   * @return null when there is no sound frame header
   */
  static @Nullable FrameHeader decode(ByteBuffer from, int at, long available) {
    if (available < BYTES
        || from.limit() - at < BYTES
        || from.getInt(at) != MAGIC
        || from.getInt(at + CHECKED_BYTES) != checksum(from, at)) {
      return null;
    }
    int flags = from.getInt(at + 32);
    FrameHeader header =
        new FrameHeader(
            from.getInt(at + 4),
            from.getLong(at + 8),
            from.getLong(at + 16),
            from.getInt(at + 24),
            from.getInt(at + 28),
            (flags & COMPRESSED) != 0,
            from.getInt(at + 36));
    return header.plausible(available) && (flags & ~COMPRESSED) == 0 ? header : null;
  }

  private boolean plausible(long available) {
    return bodyBytes >= 0
        && bodyBytes <= MAX_BODY_BYTES
        && bodyBytes <= available - BYTES
        && count >= 1
        && payloadBytes >= 0
        && (long) count * Integer.BYTES + payloadBytes <= MAX_BODY_BYTES
        && (compressed || rawBytes() == bodyBytes)
        && firstSequence >= 0
        && firstSequence <= 2 * SegmentHeader.MAX_SEQUENCE - count;
  }

  private static int checksum(ByteBuffer bytes, int at) {
    return checksum(bytes, at, CHECKED_BYTES);
  }

  /** CRC32C of a part of a buffer. */
  static int checksum(ByteBuffer bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(at + length).position(at));
    return (int) crc.getValue();
  }
}
