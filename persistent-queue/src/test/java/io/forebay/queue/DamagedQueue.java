package io.forebay.queue;

import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A queue at rest on a real disk, for someone to damage: records 30 to 89 are to be delivered, one
 * frame each, in segments that begin at 27, 54 and 81; what came before was acknowledged.
 */
record DamagedQueue(Path directory) {

  static final int FIRST = 30;
  static final int END = 90;
  static final int RECORD_BYTES = 100;
  static final int FRAME_BYTES = FrameHeader.BYTES + Integer.BYTES + RECORD_BYTES;

  static DamagedQueue fill(Path directory) throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options(directory, QueueListener.NONE))) {
      for (int i = 0; i < END; i++) {
        store(queue, numbered(i, 1, RECORD_BYTES));
      }
      for (int i = 0; i < FIRST; i++) {
        Lease lease = queue.lease(1, RECORD_BYTES);
        if (lease != null) {
          lease.acknowledge();
        }
      }
    }
    return new DamagedQueue(directory);
  }

  static QueueOptions options(Path directory, QueueListener listener) {
    return QueueFixture.options(directory, 1 << 20, 4096, Overflow.DROP_NEWEST, listener);
  }

  Path segment(long first) {
    return directory.resolve(SegmentHeader.fileName(first));
  }

  Path state() {
    return directory.resolve(StateFile.FILE_NAME);
  }

  /** Where the frame of a record begins in its segment. */
  static int frameAt(int record) {
    return SegmentHeader.BYTES + record % 27 * FRAME_BYTES;
  }

  static void flip(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 0x20;
    Files.write(file, bytes);
  }

  static void zero(Path file, int from, int to) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, from, to, (byte) 0);
    Files.write(file, bytes);
  }

  static void cutTo(Path file, int length) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
  }

  /** Gives the header of a segment another version, and the checksum that goes with it. */
  static void version(Path segment, int version) throws IOException {
    header(segment, 4, version);
  }

  /** Puts a number into the header of a segment, and the checksum that goes with it. */
  static void header(Path segment, int offset, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(segment);
    ByteBuffer header = ByteBuffer.wrap(bytes).putInt(offset, value);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, SegmentHeader.BYTES - 4);
    header.putInt(SegmentHeader.BYTES - 4, (int) crc.getValue());
    Files.write(segment, bytes);
  }

  /** Gives both slots of the state another version, and the checksums that go with it. */
  void stateVersion(int version) throws IOException {
    byte[] bytes = Files.readAllBytes(state());
    for (int slot = 0; slot < bytes.length; slot += StateFile.SLOT_BYTES) {
      ByteBuffer.wrap(bytes).putInt(slot + 4, version);
      CRC32C crc = new CRC32C();
      crc.update(bytes, slot, 68);
      crc.update(bytes, slot + 72, StateFile.SLOT_BYTES - 72);
      ByteBuffer.wrap(bytes).putInt(slot + 68, (int) crc.getValue());
    }
    Files.write(state(), bytes);
  }

  /** Tears the slot that was written last. */
  void tearState() throws IOException {
    ByteBuffer state = ByteBuffer.wrap(Files.readAllBytes(state()));
    int last =
        state.getLong(8) > state.getLong(StateFile.SLOT_BYTES + 8) ? 0 : StateFile.SLOT_BYTES;
    zero(state(), last, last + 512);
  }
}
