package io.forebay.source.cursor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file of one node's cursors, {@code cursors/<node>.<suffix>} beneath the agent's data
 * directory, mode 0600, the directory 0700. Blocks.
 */
public final class CursorPath {

  private final Path path;

  public CursorPath(Path dataDirectory, String nodeName, String suffix) {
    this.path = dataDirectory.resolve("cursors").resolve(fileName(nodeName) + "." + suffix);
  }

  public Path path() {
    return path;
  }

  /**
   * Replaces the file as a whole: written beside it, synced, renamed, the directory synced, so that
   * a crash leaves the old file or the new one. On return the content is durable.
   *
   * @return the new file, at its end, for appending; the caller closes it
   */
  public FileChannel replace(ByteBuffer content) throws IOException {
    Path directory = directory();
    Path fresh = path.resolveSibling(path.getFileName() + ".tmp");
    Files.deleteIfExists(fresh);
    FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            permissions(path, "rw-------"));
    boolean done = false;
    try {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
        parent.force(true);
      }
      done = true;
      return channel;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** Moves a damaged file out of the way and gives its new path. */
  public Path keepAside(long nowMillis) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".damaged-" + nowMillis);
    return Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path directory() throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " has no directory");
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, permissions(directory, "rwx------"));
      // A directory whose own name was lost in a crash would take its files along.
      Path parent = directory.getParent();
      if (parent != null) {
        try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
    return directory;
  }

  private static FileAttribute<?>[] permissions(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** The node's name with every character percent-encoded that may mean something in a path. */
  private static String fileName(String nodeName) {
    StringBuilder name = new StringBuilder();
    for (byte b : nodeName.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-';
      if (plain) {
        name.append(c);
      } else {
        name.append('%').append(String.format("%02x", (int) c));
      }
    }
    return name.length() <= 200
        ? name.toString()
        : name.substring(0, 180) + '~' + Integer.toHexString(nodeName.hashCode());
  }
}
