package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tries whether a disk that failed takes data again, with a file that it removes: a queue may see
 * no append for long that would show it. Used on the writer thread only.
 */
final class DiskProbe {

  static final String FILE_NAME = "probe";

  /** Enough to notice a file system with hardly any room; never more than the queue may have. */
  private static final int MAX_BYTES = 64 * 1024;

  private final Storage storage;
  private final Ledger ledger;
  private final DirectoryGuard guard;

  DiskProbe(Storage storage, Ledger ledger, DirectoryGuard guard) {
    this.storage = storage;
    this.ledger = ledger;
    this.guard = guard;
  }

  /**
   * Writes, syncs and removes a file.
   *
   * @throws IOException when the disk still fails
   */
  void write() throws IOException {
    guard.ensure();
    remove(storage); // of a probe that failed
    int bytes = (int) Math.min(MAX_BYTES, Math.max(0, ledger.freeBytes()));
    IOException failure = null;
    try (StorageFile file = storage.create(FILE_NAME)) {
      file.write(ByteBuffer.allocate(bytes), 0);
      file.sync();
    } catch (IOException e) {
      failure = e;
    }
    try {
      remove(storage);
    } catch (IOException e) {
      failure = SegmentQueue.first(failure, e);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Removes what a probe has left, so that no power cut brings it back beside other files. */
  static void remove(Storage storage) throws IOException {
    storage.delete(FILE_NAME);
    storage.syncDirectory();
  }
}
