package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The seam to the disk: the files of one queue directory, already locked for this queue. Everything
 * a queue does to a disk goes through here, so that a test can crash, tear, fill and fail it.
 *
 * <p>{@link #close} gives up the lock.
 */
interface Storage extends Closeable {

  /** A file and its length in bytes. */
  record Entry(String name, long size) {}

  /** All regular files of the directory, in no order. */
  List<Entry> list() throws IOException;

  /**
   * Makes an empty file. Its name survives a crash only after {@link #syncDirectory}.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is one
   */
  StorageFile create(String name) throws IOException;

  /**
   * Opens a file to read and to write.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  StorageFile open(String name) throws IOException;

  /** Removes a file; nothing happens when there is none. */
  void delete(String name) throws IOException;

  /** Makes the creations and removals of files so far survive a crash. */
  void syncDirectory() throws IOException;

  /** A buffer of the kind that this storage reads and writes best. */
  ByteBuffer buffer(int bytes);

  /**
   * Whether the directory is still the one that was locked: not removed, replaced, or hidden by
   * another file system.
   *
   * @throws IOException where that cannot be found out
   */
  default boolean holdsDirectory() throws IOException {
    return true;
  }

  /**
   * Locks the directory anew that is now where the locked one was.
   *
   * @throws QueueLockedException when it is in use
   * @throws IOException when there is none, or none that may be taken for the one that was there
   */
  default void lockAgain() throws IOException {}

  /**
   * Gives a writer beside this reader time to end what it does. Nothing is waited for where the
   * lock is held, for then there is none.
   */
  default void awaitWriter(long millis) throws InterruptedException {}

  /** Where the file is, for messages. */
  Path path(String name);
}
