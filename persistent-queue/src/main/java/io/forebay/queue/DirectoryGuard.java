package io.forebay.queue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the directory is still the one that was locked, before anything in it is begun or
 * removed. One that went away and came back, as an empty directory, a copy or a file system that is
 * mounted again, is locked anew and given its state. Used on the writer thread only.
 */
final class DirectoryGuard {

  private static final Logger log = LoggerFactory.getLogger(DirectoryGuard.class);

  private final Storage storage;
  private final Ledger ledger;
  private final StateFile state;
  private final long epoch;

  DirectoryGuard(Storage storage, Ledger ledger, StateFile state, long epoch) {
    this.storage = storage;
    this.ledger = ledger;
    this.state = state;
    this.epoch = epoch;
  }

  /**
   * @throws IOException when the directory is gone, in use by another process, or another queue's
   */
  void ensure() throws IOException {
    if (!storage.holdsDirectory()) {
      try {
        checkNew();
        storage.lockAgain();
      } catch (NoSuchFileException | NotDirectoryException e) {
        DiskException gone = DiskException.gone();
        gone.initCause(e);
        throw gone;
      }
      log.warn(
          "{}: the directory was replaced; the queue goes on in it, and counts as lost what is not"
              + " there",
          storage.path(""));
      writeState();
    } else if (!state.isInPlace()) {
      log.warn("{}: the file is gone; it is written anew", storage.path(StateFile.FILE_NAME));
      writeState();
    }
  }

  private void writeState() throws IOException {
    try {
      state.beginAgain(storage, ledger.snapshot());
    } catch (IOException e) {
      ledger.unsaved();
      throw e;
    }
  }

  /**
   * @throws IOException when a file that is missing went with its whole directory: it may come back
   *     with it, and is not lost yet
   */
  static void check(Storage storage) throws IOException {
    if (!storage.holdsDirectory()) {
      throw gone(storage);
    }
  }

  /**
   * Why a file is not there any more: its directory went, or cannot be looked into, or it alone.
   * Gone is called only what is seen to be: whoever then makes an empty directory loses what is in
   * one that cannot be looked into.
   */
  static DiskException gone(Storage storage) {
    try {
      if (storage.holdsDirectory()) {
        return new DiskException(
            DiskException.Kind.GONE,
            "a file that it writes to was removed; nothing has to be mended, and whoever removes"
                + " files there is to be stopped");
      }
      storage.list();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return DiskException.gone();
    } catch (IOException e) {
      return DiskException.of(e);
    }
    return DiskException.replaced();
  }

  private void checkNew() throws IOException {
    storage.list(); // fails where there is none
    QueueState found = StateFile.peek(storage);
    if (found != null && (found.epoch() != epoch || found.nextSequence() > ledger.next())) {
      throw new QueueFormatException(
          storage.path(StateFile.FILE_NAME),
          "is of another queue, or of a later time, than the one that was here: restart the agent"
              + " to use it, or put back what was here");
    }
  }
}
