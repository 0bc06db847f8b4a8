package io.forebay.core.disk;

import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds queues by their files. Follows no symbolic links. */
public final class QueueSearch {

  private static final int MAX_DEPTH = 6;
  private static final int MAX_LINKS = 10;

  private final Consumer<Path> unreadable;

  /**
   * @param unreadable told of directories that may not be read
   */
  public QueueSearch(Consumer<Path> unreadable) {
    this.unreadable = unreadable;
  }

  /** The directories of all queues in a directory and below, in the order of their names. */
  public List<Path> below(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    collect(directory.toAbsolutePath().normalize(), MAX_DEPTH, found);
    return found;
  }

  /**
   * The same directory by one name. Where it does not exist its name is that of the nearest
   * directory above that does, so that it stays the same when a disk is not mounted.
   */
  public static Path real(Path path) {
    return real(path.toAbsolutePath().normalize(), MAX_LINKS);
  }

  private static Path real(Path path, int links) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      Path parent = path.getParent();
      if (parent == null) {
        return path;
      }
      Path above = real(parent, links);
      Path target = links == 0 ? null : target(path);
      return target == null
          ? above.resolve(path.getFileName())
          : real(above.resolve(target).normalize(), links - 1);
    }
  }

  private static @Nullable Path target(Path path) {
    try {
      return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path) : null;
    } catch (IOException e) {
      return null; // by its own name then
    }
  }

  private void collect(Path directory, int depth, List<Path> found) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> children = new ArrayList<>();
    try {
      if (QueueInspector.isQueue(directory)) {
        found.add(directory);
        return; // a queue's directory holds nothing else
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          if (depth > 0 && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            children.add(entry);
          }
        }
      }
    } catch (AccessDeniedException e) {
      unreadable.accept(directory);
      return;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // went away meanwhile
    }
    children.sort(null);
    for (Path child : children) {
      collect(child, depth - 1, found);
    }
  }
}
