package io.forebay.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the directory of a queue that nothing uses another name. */
public final class QueueRename {

  private static final Logger log = LoggerFactory.getLogger(QueueRename.class);

  private QueueRename() {}

  /**
   * Renames in one step, with all that is in the directory; durable when it returns.
   *
   * @param to does not exist, or is empty
   * @throws QueueLockedException when the queue is in use
   * @throws java.nio.file.AtomicMoveNotSupportedException when {@code to} is on another file system
   */
  public static void rename(Path from, Path to) throws IOException {
    Path target = to.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent != null) {
      FileStorage.createPrivate(parent);
    }
    Path source = from.toRealPath();
    try (Storage lock = QueuePurge.lock(source)) {
      log.debug("{} is held for its new name", lock.path(""));
      Files.deleteIfExists(target); // an empty directory; anything else is in the way
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    }
    sync(source.getParent());
    sync(parent);
  }

  private static void sync(@Nullable Path directory) throws IOException {
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
