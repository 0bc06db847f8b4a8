package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a segment. Their place and checksum are the same in every version of the
 * format, so that an old reader can tell a newer format from damage.
 *
 * @param epoch of the queue that wrote the segment
 * @param firstSequence number that the first record of the segment gets; also in its name
 * @param resumedFrom numbers from here up to {@code firstSequence} were given to appends that
 *     failed, or to nobody: no record has them. Equal to {@code firstSequence} when there are none
 */
record SegmentHeader(long epoch, long firstSequence, long resumedFrom) {

  static final int BYTES = 40;
  static final int VERSION = 1;

  /**
   * No queue that was found goes on from a higher number: what tells of one is damaged. Leaves room
   * to count on without overflow.
   */
  static final long MAX_SEQUENCE = 1L << 61;

  private static final int MAGIC = 0x46425153; // FBQS
  private static final int CHECKED_BYTES = BYTES - 4;
  private static final String SUFFIX = ".seg";
  private static final int DIGITS = 19;
  private static final String ZEROS = "0".repeat(DIGITS);

  static String fileName(long firstSequence) {
    StringBuilder name = new StringBuilder(DIGITS + SUFFIX.length());
    name.append(firstSequence);
    name.insert(0, ZEROS, 0, DIGITS - name.length());
    return name.append(SUFFIX).toString();
  }

  /** The first sequence number that the name of a segment tells, or -1 for another file. */
  static long firstSequence(String fileName) {
    if (fileName.length() != DIGITS + SUFFIX.length() || !fileName.endsWith(SUFFIX)) {
      return -1;
    }
    for (int i = 0; i < DIGITS; i++) {
      if (fileName.charAt(i) < '0' || fileName.charAt(i) > '9') {
        return -1;
      }
    }
    try {
      long first = Long.parseLong(fileName, 0, DIGITS, 10);
      return first <= MAX_SEQUENCE ? first : -1;
    } catch (NumberFormatException e) {
      return -1; // nineteen digits can exceed a long
    }
  }

  /** The bytes of the header. */
  ByteBuffer encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    encode(bytes);
    return bytes.flip();
  }

  /** Puts the header at the buffer's position. */
  void encode(ByteBuffer into) {
    int start = into.position();
    into.putInt(MAGIC).putInt(VERSION).putLong(epoch).putLong(firstSequence).putLong(resumedFrom);
    into.putInt(0); // reserved
    into.putInt(checksum(into, start));
  }

  /**
   * Reads the header of a segment file.
   *
   * @param firstSequence what the name of the file tells
   * @return null when it is cut or damaged, or that of another segment: after a crash a file system
   *     may show in a new file what an older one held
   * @throws QueueFormatException when it is sound and of another version
   */
  static @Nullable SegmentHeader read(StorageFile file, Path path, long firstSequence)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    if (file.read(bytes, 0) < BYTES
        || bytes.getInt(0) != MAGIC
        || bytes.getInt(CHECKED_BYTES) != checksum(bytes, 0)) {
      return null;
    }
    int version = bytes.getInt(4);
    if (version != VERSION) {
      throw new QueueFormatException(path, otherVersion(version, VERSION));
    }
    SegmentHeader header =
        new SegmentHeader(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24));
    return header.firstSequence == firstSequence
            && header.resumedFrom >= 0
            && header.resumedFrom <= firstSequence
        ? header
        : null;
  }

  /** What is said of a file of another version. */
  static String otherVersion(int version, int known) {
    return "written in format "
        + version
        + "; this version reads format "
        + known
        + ". Drain it with the version that wrote it, or give this one another directory";
  }

  private static int checksum(ByteBuffer bytes, int start) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(start + CHECKED_BYTES).position(start));
    return (int) crc.getValue();
  }
}
