package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Files;
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

  /** False also where it cannot be found out. */
  boolean isStillAt(Path file) {
    try {
      return equals(of(file));
    } catch (IOException e) {
      return false;
    }
  }
}
