package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What tells a file from another of the same name: its place in the file system.
 *
 * @param key null where the file system knows no such thing; then a file of the name will do
 */
record FileIdentity(@Nullable Object key) {

  static FileIdentity of(Path file) throws IOException {
    return new FileIdentity(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  /**
   * False where there is no file of the name, or another.
   *
   * @throws IOException where it cannot be found out, as by a user who may not look: it is not gone
   */
  boolean isStillAt(Path file) throws IOException {
    try {
      return equals(of(file));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return false;
    }
  }
}
