package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of damaged bytes, kept for whoever looks into the damage: few, small, and the first to go
 * when the queue needs their room. Used on the writer thread only.
 */
final class Evidence {

  static final int MAX_FILES = 8;
  static final int MAX_FILE_BYTES = 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Evidence.class);
  static final String PREFIX = "damaged-";
  private static final int COPY_BYTES = 64 * 1024;

  private final Storage storage;
  private final Ledger ledger;
  private final Room room;
  private final long maxFileBytes;

  /** Length by name; a name tells the place, so the lowest is about the oldest. */
  private final TreeMap<String, Long> files = new TreeMap<>();

  /** Of files that were deleted, and may still come back. */
  private long deletedBytes;

  Evidence(Storage storage, Ledger ledger, Room room, long maxBytes) {
    this.storage = storage;
    this.ledger = ledger;
    this.room = room;
    this.maxFileBytes = Math.min(MAX_FILE_BYTES, maxBytes / (4 * MAX_FILES));
  }

  /** Takes note of a file found at opening; false when it is none of this kind. */
  boolean found(Storage.Entry file) {
    if (!file.name().startsWith(PREFIX)) {
      return false;
    }
    files.put(file.name(), file.size());
    return true;
  }

  long bytes() {
    return deletedBytes + files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Copies damaged bytes of a segment, where there is room; a failure costs the copy only. */
  void keep(Segment segment, long offset, long length) {
    String name = PREFIX + segment.name() + "-" + offset;
    if (files.containsKey(name)) {
      return;
    }
    long bytes = Math.min(length, maxFileBytes);
    while (files.size() >= MAX_FILES) {
      discardOldest();
    }
    room.begin();
    if (!room.take(bytes)) {
      log.warn("no room to keep {} damaged bytes of {}", bytes, storage.path(segment.name()));
      return;
    }
    try (StorageFile from = storage.open(segment.name());
        StorageFile to = storage.create(name)) {
      files.put(name, 0L);
      for (long copied = 0; copied < bytes; ) {
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(COPY_BYTES, bytes - copied));
        int read = from.read(part, offset + copied);
        if (read == 0) {
          break;
        }
        to.write(part.flip(), copied);
        copied += read;
        files.put(name, copied);
        ledger.otherBytesChanged(read);
      }
    } catch (IOException e) {
      log.warn(
          "could not keep damaged bytes of {}: {}", storage.path(segment.name()), e.toString());
      if (files.containsKey(name)) {
        discard(name);
      }
    }
    room.settle();
  }

  /**
   * Discards the oldest until so many bytes can be taken, or nothing is left. Begins the room's
   * group anew.
   */
  void makeRoom(long bytes) throws IOException {
    freeDeleted();
    room.begin();
    while (!files.isEmpty() && !room.has(bytes)) {
      discardOldest();
      room.begin();
    }
  }

  private void discardOldest() {
    Map.Entry<String, Long> oldest = files.firstEntry();
    if (oldest != null) {
      discard(oldest.getKey());
    }
  }

  private void discard(String name) {
    Long bytes = files.remove(name);
    try {
      storage.delete(name);
      deletedBytes += bytes == null ? 0 : bytes;
      freeDeleted();
    } catch (IOException e) {
      // Its bytes stay counted, so the bound holds.
      log.warn("could not delete {}: {}", storage.path(name), e.toString());
    }
  }

  /** Counts what was deleted as free, which it is once no power cut can bring it back. */
  void freeDeleted() throws IOException {
    if (deletedBytes > 0) {
      storage.syncDirectory();
      ledger.otherBytesChanged(-deletedBytes);
      deletedBytes = 0;
    }
  }
}
