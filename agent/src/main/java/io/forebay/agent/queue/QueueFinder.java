package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.disk.OrphanSearch;
import io.forebay.core.disk.QueueSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Finds queues that no pipeline file need name. */
public final class QueueFinder {

  private final Consumer<Path> unreadable;

  /**
   * @param unreadable told of directories that may not be read
   */
  public QueueFinder(Consumer<Path> unreadable) {
    this.unreadable = unreadable;
  }

  /** All queues in the directory and below, in the order of their names. */
  public List<QueueLocation> below(Path directory) throws IOException {
    return new QueueSearch(unreadable)
        .below(directory).stream().map(QueueLocation::directory).toList();
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

  /** The queues that an agent left, in its data directory or elsewhere, and no node owns. */
  public List<QueueLocation> orphansOf(Path dataDirectory, Collection<QueueLocation> known)
      throws IOException {
    return new OrphanSearch(dataDirectory)
        .find(known.stream().map(QueueLocation::directory).toList(), unreadable).stream()
            .map(found -> new QueueLocation(Kind.ORPHAN, found.node(), found.directory(), null))
            .toList();
  }
}
