package io.forebay.core.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file systems under directories, each once. Thread safe; blocks on the disk. */
final class Volumes {

  private static final Logger log = LoggerFactory.getLogger(Volumes.class);

  private final ConcurrentMap<FileStore, Volume> known = new ConcurrentHashMap<>();

  /** The file system on which a directory lies, or will lie. */
  Volume of(Path directory) {
    try {
      FileStore store = Files.getFileStore(existing(directory));
      return known.computeIfAbsent(
          store, found -> new Volume(found.toString(), found::getUsableSpace));
    } catch (IOException e) {
      log.debug("cannot tell the file system of {}", directory, e);
      return new Volume(
          directory.toString(), () -> Files.getFileStore(existing(directory)).getUsableSpace());
    }
  }

  /** The directory itself, or the first above it that exists. */
  private static Path existing(Path directory) {
    Path at = directory;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
