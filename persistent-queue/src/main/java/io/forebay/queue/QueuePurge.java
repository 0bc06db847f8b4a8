package io.forebay.queue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Empties a queue that nothing uses. Numbers go on where they were, so that no later record is
 * taken for one that was removed. Blocks on the disk.
 */
public final class QueuePurge {

  /**
   * What {@code forebay queue adopt} and {@code import} write down while they work; of no use
   * without the records.
   */
  private static final Set<String> UNDER_WAY =
      Set.of("adopting", "adopting.new", "importing", "importing.new");

  /** Which queues were taken over into this one; of use as long as this one is there. */
  private static final Set<String> ADOPTED = Set.of("adopted", "adopted.new");

  /**
   * What was removed.
   *
   * @param records that were still to be delivered
   * @param bytes length of the removed files
   * @param files names of the removed files
   * @param kept names of files that are no queue's and were left
   */
  public record Removed(long records, long bytes, List<String> files, List<String> kept) {
    public Removed {
      files = List.copyOf(files);
      kept = List.copyOf(kept);
    }
  }

  private QueuePurge() {}

  /**
   * Removes all records, and the copies of damaged bytes. Killed on the way, the queue is as before
   * or empty; to purge it again finishes it.
   *
   * @throws QueueLockedException when the queue is in use
   */
  public static Removed purge(Path directory) throws IOException {
    try (Storage storage = lock(directory)) {
      return purge(storage, directory);
    }
  }

  /**
   * As {@link #purge}, and the directory too, unless it holds files that are no queue's. Nothing
   * remembers the numbers then.
   */
  public static Removed remove(Path directory) throws IOException {
    try (Storage storage = lock(directory)) {
      Removed emptied = purge(storage, directory);
      if (!emptied.kept().isEmpty()) {
        return emptied;
      }
      long bytes = emptied.bytes();
      List<String> files = new ArrayList<>(emptied.files());
      for (Storage.Entry file : storage.list()) {
        bytes += file.size();
        files.add(file.name());
        if (!file.name().equals(StateFile.FILE_NAME)) {
          storage.delete(file.name());
        }
      }
      storage.delete(StateFile.FILE_NAME); // until here it is a queue that can be removed again
      Files.delete(directory.toRealPath());
      return new Removed(emptied.records(), bytes, files, emptied.kept());
    }
  }

  /** Locks a directory that exists; {@code PersistentQueue} would make it. */
  static Storage lock(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    return FileStorage.open(directory);
  }

  private static Removed purge(Storage storage, Path directory) throws IOException {
    QueueSummary before = new QueueInspector(directory).summary();
    settleAll(storage, before);
    long bytes = 0;
    List<String> files = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (Storage.Entry file : storage.list()) {
      String name = file.name();
      if (SegmentHeader.firstSequence(name) >= 0
          || name.startsWith(Evidence.PREFIX)
          || UNDER_WAY.contains(name)) {
        storage.delete(name);
        bytes += file.size();
        files.add(name);
      }
    }
    try (DirectoryStream<Path> rest = Files.newDirectoryStream(directory)) {
      for (Path path : rest) {
        String name = String.valueOf(path.getFileName());
        if (!name.equals(StateFile.FILE_NAME)
            && !name.equals(DirectoryLock.FILE_NAME)
            && !ADOPTED.contains(name)) {
          kept.add(name);
        }
      }
    }
    storage.syncDirectory();
    return new Removed(before.records(), bytes, files, kept);
  }

  /** Durable before the first file goes: what a kill leaves behind is settled, and goes later. */
  private static void settleAll(Storage storage, QueueSummary before) throws IOException {
    try (StateFile file = StateFile.open(storage)) {
      @Nullable QueueState found = file.loaded();
      long next = Math.max(before.nextSequence(), found == null ? 0 : found.reservedSequence());
      for (Storage.Entry entry : storage.list()) {
        // A segment that holds nothing has used its name up all the same.
        next = Math.max(next, SegmentHeader.firstSequence(entry.name()) + 1);
      }
      long epoch =
          found != null
              ? found.epoch()
              : before.epoch() != 0 ? before.epoch() : new SecureRandom().nextLong();
      QueueState empty =
          new QueueState(epoch, next, next, next, before.truncatedBelow(), List.of(), List.of());
      if (found == null) {
        file.initialize(empty);
      } else {
        file.write(empty, true);
      }
      storage.syncDirectory();
    }
  }
}
