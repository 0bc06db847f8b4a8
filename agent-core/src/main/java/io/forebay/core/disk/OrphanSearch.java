package io.forebay.core.disk;

import io.forebay.core.delivery.QueueSettings;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the queues that no node owns: below the data directory, and wherever the agent once opened
 * one. Blocks on the disk.
 */
public final class OrphanSearch {

  private static final Logger log = LoggerFactory.getLogger(OrphanSearch.class);

  private final Path dataDirectory;
  private final QueueRegistry registry;

  public OrphanSearch(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
    this.registry = new QueueRegistry(dataDirectory);
  }

  /**
   * All queues that are none of the owned ones, with records or without, in the order of their
   * directories' names; those outside of the data directory last.
   *
   * @param owned directories of queues that have a node
   * @param unreadable told of directories that may not be read
   */
  public List<OrphanedQueue> find(Collection<Path> owned, Consumer<Path> unreadable)
      throws IOException {
    List<QueueRegistry.Entry> known = registry.read();
    Set<Path> directories = new LinkedHashSet<>();
    for (Path found : new QueueSearch(unreadable).below(dataDirectory)) {
      directories.add(QueueSearch.real(found));
    }
    known.forEach(entry -> directories.add(QueueSearch.real(entry.directory())));
    Set<Path> taken = owned.stream().map(QueueSearch::real).collect(Collectors.toSet());
    List<OrphanedQueue> orphans = new ArrayList<>();
    for (Path directory : directories) {
      if (!taken.contains(directory)) {
        OrphanedQueue orphan = look(directory, QueueRegistry.find(known, directory), unreadable);
        if (orphan != null) {
          orphans.add(orphan);
        }
      }
    }
    return orphans;
  }

  /** Looks at orphans again: those that are gone are left out. */
  List<OrphanedQueue> again(List<OrphanedQueue> before) {
    List<OrphanedQueue> still = new ArrayList<>();
    for (OrphanedQueue orphan : before) {
      QueueRegistry.Entry entry =
          new QueueRegistry.Entry(
              orphan.kind(), orphan.node(), orphan.type(), orphan.directory(), 0, true, null);
      OrphanedQueue now = look(orphan.directory(), entry, path -> {});
      if (now != null) {
        still.add(now);
      }
    }
    return still;
  }

  private @Nullable OrphanedQueue look(
      Path directory, QueueRegistry.@Nullable Entry entry, Consumer<Path> unreadable) {
    try {
      if (!QueueInspector.isQueue(directory)) {
        return null;
      }
      QueueInspector inspector = new QueueInspector(directory);
      QueueSummary summary = inspector.summary();
      return new OrphanedQueue(
          entry == null ? kind(directory) : entry.kind(),
          entry == null ? node(directory) : entry.node(),
          entry == null ? "" : entry.type(),
          directory,
          summary.records(),
          summary.diskBytes(),
          summary.oldestMillis(),
          inspector.holder().isPresent());
    } catch (NoSuchFileException e) {
      return null; // gone in this moment
    } catch (IOException e) {
      log.debug("cannot look into {}", directory, e);
      unreadable.accept(directory);
      return null;
    }
  }

  private OwnedQueue.Kind kind(Path directory) {
    return isUsualForDeadLetters(directory) ? OwnedQueue.Kind.DEAD_LETTERS : OwnedQueue.Kind.QUEUE;
  }

  private String node(Path directory) {
    return isUsualForDeadLetters(directory)
        ? URLDecoder.decode(String.valueOf(directory.getFileName()), StandardCharsets.UTF_8)
        : "";
  }

  private boolean isUsualForDeadLetters(Path directory) {
    Path usual = QueueSettings.deadLetterDirectory(dataDirectory, "x").getParent();
    return usual != null && QueueSearch.real(usual).equals(directory.getParent());
  }

  /** Directories without a second name for one of them. */
  static Set<Path> directories(Collection<OwnedQueue> owned) {
    Set<Path> directories = new HashSet<>();
    owned.forEach(queue -> directories.add(queue.directory()));
    return directories;
  }
}
