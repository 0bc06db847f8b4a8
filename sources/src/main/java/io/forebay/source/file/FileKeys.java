package io.forebay.source.file;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What the system knows files by, whatever they are called. */
final class FileKeys {

  private FileKeys() {}

  /** Device and inode where there are such; else the path, and a renamed file is a new one. */
  static String of(Path path, BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return key != null ? key.toString() : "path=" + path;
  }
}
