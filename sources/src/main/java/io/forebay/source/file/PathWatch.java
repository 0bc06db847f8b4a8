package io.forebay.source.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** Notices paths that lead to another file by now. Belongs to the node's thread. */
final class PathWatch {

  private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean displaced;

  /** A path was found to lead to another file, or to none. */
  void displaced() {
    displaced = true;
  }

  /** Whether that happened since the last call. */
  boolean takeDisplaced() {
    boolean was = displaced;
    displaced = false;
    return was;
  }

  /**
   * Looks at the path of a file that has no turn now, once a second: with a second rename before
   * the next search, the file between the two would never be seen.
   */
  void watch(TailedFile file, long nowNanos) {
    if (nowNanos - file.watchedAtNanos < WATCH_NANOS || file.gone) {
      return;
    }
    file.watchedAtNanos = nowNanos;
    try {
      measure(file);
    } catch (IOException e) {
      displaced = true;
    }
  }

  /** The size of the file now, by its path where that still leads to it. */
  long measure(TailedFile file) throws IOException {
    if (!file.gone) {
      try {
        BasicFileAttributes attributes =
            Files.readAttributes(file.path(), BasicFileAttributes.class);
        if (FileKeys.of(file.path(), attributes).equals(file.key())) {
          long modified = attributes.lastModifiedTime().toMillis();
          if (modified != file.modifiedMillis) {
            file.modifiedMillis = modified;
            file.verified = false;
          }
          return attributes.size();
        }
      } catch (IOException e) {
        if (!file.isOpen()) {
          throw e;
        }
      }
      displaced = true;
    }
    return file.isOpen() ? file.open().size() : file.size;
  }
}
