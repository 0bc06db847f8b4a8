package io.forebay.core.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up the files of a queue's directory. */
final class DirectorySize {

  private static final Logger log = LoggerFactory.getLogger(DirectorySize.class);

  private DirectorySize() {}

  /**
   * Bytes of the regular files in a directory; 0 when it is not there, or may not be read: the
   * queue then says so itself. Blocks on the disk.
   */
  static long of(Path directory) {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        bytes += sizeOf(file);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return 0;
    } catch (IOException e) {
      log.debug("cannot measure {}", directory, e);
    }
    return bytes;
  }

  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0; // it went away meanwhile
    }
  }
}
