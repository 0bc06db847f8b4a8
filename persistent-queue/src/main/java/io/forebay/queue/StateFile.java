package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Two slots in one file of fixed length; the sound slot with the higher generation holds.
 *
 * <p>A write that is not synced goes to the slot that does not hold the last synced state, again
 * and again, so that a power cut may tear it and the synced one still stands. Used on the writer
 * thread only.
 */
final class StateFile implements Closeable {

  static final String FILE_NAME = "state";
  static final int SLOT_BYTES = 4096;
  static final int FILE_BYTES = 2 * SLOT_BYTES;
  static final int VERSION = 1;

  private static final int MAGIC = 0x46425154; // FBQT
  private static final int HEADER_BYTES = 72;
  private static final int CHECKSUM_AT = 68;
  private static final int MAX_VARINT_BYTES = 10;
  private static final int LIVE_BYTES_RESERVE = 512;

  private StorageFile file;
  private final ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
  private @Nullable QueueState loaded;
  private long generation;
  private int syncedSlot;

  private StateFile(StorageFile file) {
    this.file = file;
  }

  /** Opens the file, or makes it; then {@link #loaded} is null. */
  static StateFile open(Storage storage) throws IOException {
    try {
      StateFile state = new StateFile(storage.open(FILE_NAME));
      try {
        state.load(storage.path(FILE_NAME));
      } catch (IOException e) {
        state.close();
        throw e;
      }
      return state;
    } catch (NoSuchFileException e) {
      return new StateFile(storage.create(FILE_NAME));
    }
  }

  /** The state found at opening, or null when no slot is sound. */
  @Nullable QueueState loaded() {
    return loaded;
  }

  /** What the file holds, for a reader that writes nothing; null when no slot is sound. */
  static @Nullable QueueState peek(Storage storage) throws IOException {
    try (StateFile state = new StateFile(storage.open(FILE_NAME))) {
      state.readSlots(storage.path(FILE_NAME));
      return state.loaded;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Whether the file looks like one of a queue, sound or not. */
  static boolean isOne(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == FILE_BYTES;
  }

  private void load(Path path) throws IOException {
    readSlots(path);
    if (loaded != null) {
      // What a killed process left may be in memory only, even after a sync that failed then; the
      // other slot is the next to be written, so this one is made sure of first.
      slot.clear();
      file.read(slot, (long) syncedSlot * SLOT_BYTES);
      file.write(slot.flip(), (long) syncedSlot * SLOT_BYTES);
      file.sync();
    }
  }

  private void readSlots(Path path) throws IOException {
    for (int i = 0; i < 2; i++) {
      slot.clear();
      int read = file.read(slot, (long) i * SLOT_BYTES);
      slot.flip();
      if (read == SLOT_BYTES && slot.getInt(0) == MAGIC && slot.getInt(CHECKSUM_AT) == checksum()) {
        if (slot.getInt(4) != VERSION) {
          throw new QueueFormatException(path, SegmentHeader.otherVersion(slot.getInt(4), VERSION));
        }
        long found = slot.getLong(8);
        QueueState state = found > generation ? decode() : null;
        if (state != null) {
          generation = found;
          syncedSlot = i;
          loaded = state;
        }
      }
    }
  }

  /** Writes both slots, so that every later write stays in place. */
  void initialize(QueueState state) throws IOException {
    write(state, true);
    write(state, true);
  }

  /** Whether what is written is still found under its name. */
  boolean isInPlace() throws IOException {
    return file.isInPlace();
  }

  /** Writes the state into the file that is now under the name, which is made when missing. */
  void beginAgain(Storage storage, QueueState state) throws IOException {
    StorageFile again;
    try {
      again = storage.open(FILE_NAME);
    } catch (NoSuchFileException e) {
      again = storage.create(FILE_NAME);
    }
    StorageFile last = file;
    file = again;
    last.close();
    readSlots(storage.path(FILE_NAME)); // what is written wins over what is there
    initialize(state);
    storage.syncDirectory();
  }

  /**
   * Writes the state.
   *
   * @return up to where all settled ranges found room; what lies at or beyond it is not in the file
   */
  long write(QueueState state, boolean sync) throws IOException {
    int target = 1 - syncedSlot;
    long complete = encode(state);
    slot.clear();
    file.write(slot, (long) target * SLOT_BYTES);
    generation++;
    if (sync) {
      file.sync();
      syncedSlot = target;
    }
    return complete;
  }

  private long encode(QueueState state) {
    slot.clear();
    slot.put(new byte[SLOT_BYTES]).clear();
    slot.position(HEADER_BYTES);
    long complete = Long.MAX_VALUE;
    long previous = state.frontier();
    int ranges = 0;
    for (QueueState.Range range : state.settled()) {
      if (slot.remaining() < LIVE_BYTES_RESERVE + 2 * MAX_VARINT_BYTES) {
        complete = range.from();
        break;
      }
      putVarint(range.from() - previous);
      putVarint(range.to() - range.from());
      previous = range.to();
      ranges++;
    }
    int partlyLive = 0;
    for (QueueState.LiveBytes segment : state.liveBytes()) {
      if (slot.remaining() < 3 * MAX_VARINT_BYTES) {
        break;
      }
      putVarint(segment.segment());
      putVarint(segment.bytes());
      putVarint(segment.end());
      partlyLive++;
    }
    slot.putInt(0, MAGIC).putInt(4, VERSION).putLong(8, generation + 1).putLong(16, state.epoch());
    slot.putLong(24, state.nextSequence()).putLong(32, state.reservedSequence());
    slot.putLong(40, state.frontier()).putInt(48, ranges).putInt(52, partlyLive);
    slot.putLong(56, state.truncatedBelow());
    slot.clear();
    slot.putInt(CHECKSUM_AT, checksum());
    return complete;
  }

  /** What the slot tells; null when it makes no sense, whatever its checksum says. */
  private @Nullable QueueState decode() {
    long next = slot.getLong(24);
    long reserved = slot.getLong(32);
    long frontier = slot.getLong(40);
    long truncated = slot.getLong(56);
    int ranges = slot.getInt(48);
    int partlyLive = slot.getInt(52);
    if (frontier < 0
        || next < frontier
        || truncated < 0
        || Math.max(Math.max(next, reserved), truncated) > SegmentHeader.MAX_SEQUENCE
        || Math.min(ranges, partlyLive) < 0
        || Math.max(ranges, partlyLive) > SLOT_BYTES) {
      return null;
    }
    slot.position(HEADER_BYTES);
    List<QueueState.Range> settled = new ArrayList<>();
    long previous = frontier;
    for (int i = 0; i < ranges; i++) {
      long from = previous + varint();
      long to = from + varint();
      if (from < previous || to <= from || to > next) {
        return null;
      }
      settled.add(new QueueState.Range(from, to));
      previous = to;
    }
    List<QueueState.LiveBytes> live = new ArrayList<>();
    for (int i = 0; i < partlyLive; i++) {
      QueueState.LiveBytes bytes = new QueueState.LiveBytes(varint(), varint(), varint());
      if (bytes.segment() < 0 || bytes.bytes() < 0 || bytes.end() < 0) {
        return null;
      }
      live.add(bytes);
    }
    return new QueueState(slot.getLong(16), next, reserved, frontier, truncated, settled, live);
  }

  private void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      slot.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    slot.put((byte) rest);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && slot.hasRemaining(); shift += 7) {
      byte b = slot.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        break;
      }
    }
    return value;
  }

  /** Over the whole slot but the checksum itself. */
  private int checksum() {
    CRC32C crc = new CRC32C();
    crc.update(slot.array(), 0, CHECKSUM_AT);
    crc.update(slot.array(), CHECKSUM_AT + Integer.BYTES, SLOT_BYTES - CHECKSUM_AT - Integer.BYTES);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
