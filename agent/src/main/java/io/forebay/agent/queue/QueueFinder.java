package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.disk.OrphanSearch;
import io.forebay.core.disk.OrphanedQueue;
import io.forebay.core.disk.QueueRegistry;
import io.forebay.core.disk.QueueSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds queues that no pipeline file need name. */
public final class QueueFinder {

  private final Consumer<Path> unreadable;

  /**
   * @param unreadable told of directories that may not be read
   */
  public QueueFinder(Consumer<Path> unreadable) {
    this.unreadable = unreadable;
  }

  /**
   * All queues in the directory and below, in the order of their names.
   *
   * @param dataDirectory of the agent that may have kept their nodes' names
   */
  public List<QueueLocation> below(Path directory, Path dataDirectory) throws IOException {
    List<QueueRegistry.Entry> known = new QueueRegistry(dataDirectory).read();
    return new QueueSearch(unreadable)
        .below(directory).stream()
            .map(path -> location(path, QueueRegistry.find(known, path)))
            .toList();
  }

  private static QueueLocation location(Path path, QueueRegistry.@Nullable Entry entry) {
    if (entry == null) {
      return QueueLocation.directory(path);
    }
    Kind kind =
        switch (entry.kind()) {
          case QUEUE -> Kind.QUEUE;
          case DEAD_LETTERS -> Kind.DEAD_LETTERS;
        };
    return new QueueLocation(kind, entry.node(), path, null, 0, entry.missed());
  }

  /** The queues below a directory that are none of the known ones. */
  public List<QueueLocation> orphansBelow(Path directory, Collection<QueueLocation> known)
      throws IOException {
    Set<Path> owned = new HashSet<>();
    known.forEach(location -> owned.add(QueueSearch.real(location.directory())));
    return new QueueSearch(unreadable)
        .below(directory).stream()
            .filter(path -> !owned.contains(QueueSearch.real(path)))
            .map(path -> new QueueLocation(Kind.ORPHAN, "", path, null))
            .toList();
  }

  private static Kind orphan(OrphanedQueue found) {
    return switch (found.kind()) {
      case QUEUE -> Kind.ORPHAN;
      case DEAD_LETTERS -> Kind.ORPHANED_LETTERS;
    };
  }

  /** The queues that an agent left, in its data directory or elsewhere, and no node owns. */
  public List<QueueLocation> orphansOf(Path dataDirectory, Collection<QueueLocation> known)
      throws IOException {
    return new OrphanSearch(dataDirectory)
        .find(known.stream().map(QueueLocation::directory).toList(), unreadable).stream()
            .map(found -> new QueueLocation(orphan(found), found.node(), found.directory(), null))
            .toList();
  }
}
