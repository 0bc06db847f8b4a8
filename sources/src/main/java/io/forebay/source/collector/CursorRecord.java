package io.forebay.source.collector;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One cursor in the journal. All numbers big endian:
 *
 * <pre>
 * crc32c of all that follows  4 bytes
 * length of the agent's id    2 bytes
 * epoch                       8 bytes
 * cursor                      8 bytes, the lowest number that is not safe yet
 * the agent's id              UTF-8
 * </pre>
 *
 * The journal is such records back to back behind {@link #HEADER}; a later record of the same agent
 * and epoch replaces an earlier one.
 */
record CursorRecord(String agentId, long epoch, long cursor) {

  static final int MAX_ID_BYTES = 255;

  private static final byte[] HEADER = "fbcurs1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_BYTES = 4 + 2 + 8 + 8;

  /**
   * What reading a journal came to.
   *
   * @param records how many were read
   * @param damages places in it, the end apart, that are no records
   * @param tornBytes bytes at its end that are no record: a write that a crash cut off
   */
  record Reading(long records, int damages, int tornBytes) {}

  int encodedBytes() {
    return FRAME_BYTES + agentId.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A buffer for a journal of so many bytes of records, its header written. */
  static ByteBuffer journal(int recordBytes) {
    return ByteBuffer.allocate(HEADER.length + recordBytes).put(HEADER);
  }

  void encode(ByteBuffer into) {
    int start = into.position();
    byte[] id = agentId.getBytes(StandardCharsets.UTF_8);
    into.putInt(0).putShort((short) id.length).putLong(epoch).putLong(cursor).put(id);
    CRC32C crc = new CRC32C();
    crc.update(into.duplicate().flip().position(start + 4));
    into.putInt(start, (int) crc.getValue());
  }

  /**
   * Reads the records of a journal in their order. Damage costs the records that it hits: reading
   * goes on at the next one.
   */
  static Reading readAll(byte[] journal, Consumer<CursorRecord> each) {
    boolean headed =
        journal.length >= HEADER.length
            && Arrays.equals(journal, 0, HEADER.length, HEADER, 0, HEADER.length);
    int at = headed ? HEADER.length : 0;
    long records = 0;
    int damages = 0;
    int badFrom = -1;
    while (at < journal.length) {
      CursorRecord record = readAt(journal, at);
      if (record == null) {
        badFrom = badFrom < 0 ? at : badFrom;
        at++;
        continue;
      }
      if (badFrom >= 0) {
        damages++;
        badFrom = -1;
      }
      each.accept(record);
      records++;
      at += record.encodedBytes();
    }
    return new Reading(records, damages, badFrom < 0 ? 0 : journal.length - badFrom);
  }

  private static @Nullable CursorRecord readAt(byte[] journal, int at) {
    if (journal.length - at < FRAME_BYTES) {
      return null;
    }
    ByteBuffer record = ByteBuffer.wrap(journal, at, journal.length - at);
    int expected = record.getInt();
    int idBytes = record.getShort();
    if (idBytes < 1 || idBytes > MAX_ID_BYTES || journal.length - at < FRAME_BYTES + idBytes) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(journal, at + 4, FRAME_BYTES - 4 + idBytes);
    if ((int) crc.getValue() != expected) {
      return null;
    }
    long epoch = record.getLong();
    long cursor = record.getLong();
    String id = new String(journal, at + FRAME_BYTES, idBytes, StandardCharsets.UTF_8);
    return new CursorRecord(id, epoch, cursor);
  }
}
