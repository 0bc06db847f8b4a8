package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.config.Suggestions;
import io.forebay.core.disk.OwnedQueue;
import io.forebay.core.disk.QueueRegistry;
import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By which names queues are known: those of nodes, of nodes that are no more, and of directories.
 * Looks them up on the disk.
 */
public final class QueueNames {

  private static final Logger log = LoggerFactory.getLogger(QueueNames.class);
  private static final int MAX_NEIGHBOURS = 1_000;

  private final List<QueueLocation> configured;
  private final List<QueueRegistry.Entry> registered;

  /**
   * @param configured the queues of the pipeline file
   * @param dataDirectory the agent's own, where it keeps a list of the queues that it ever opened
   */
  public QueueNames(List<QueueLocation> configured, Path dataDirectory) {
    this.configured = configured;
    this.registered = new QueueRegistry(dataDirectory).read();
  }

  /**
   * The queues that a node of this name had, the one that was opened last first; they may be gone.
   */
  public List<QueueLocation> formerly(String node) {
    return registered.stream()
        .filter(entry -> entry.kind() == OwnedQueue.Kind.QUEUE && entry.node().equals(node))
        .sorted(Comparator.comparingLong(QueueRegistry.Entry::openedMillis).reversed())
        .map(entry -> new QueueLocation(Kind.ORPHAN, node, entry.directory(), null))
        .toList();
  }

  /** The name, or the directory, of a queue that looks most like what was written. */
  public Optional<String> nearest(String written) {
    Map<String, String> known = new LinkedHashMap<>();
    if (written.indexOf('/') < 0) {
      configured.forEach(queue -> known.putIfAbsent(queue.node(), queue.node()));
      registered.forEach(entry -> known.putIfAbsent(entry.node(), entry.node()));
      known.remove(written); // it was looked up, and was not what is wanted
    }
    Path directory = Path.of(written).toAbsolutePath().normalize();
    neighbours(directory).forEach(queue -> add(known, queue));
    configured.forEach(queue -> add(known, queue.directory()));
    registered.forEach(entry -> add(known, entry.directory()));
    return Suggestions.nearest(String.valueOf(directory.getFileName()), known.keySet())
        .map(name -> known.getOrDefault(name, name));
  }

  private static void add(Map<String, String> known, Path directory) {
    if (isQueue(directory)) {
      known.putIfAbsent(String.valueOf(directory.getFileName()), directory.toString());
    }
  }

  /** The queues in the same directory. */
  private static List<Path> neighbours(Path directory) {
    List<Path> found = new ArrayList<>();
    Path parent = directory.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
      int looked = 0;
      for (Path entry : entries) {
        if (looked++ == MAX_NEIGHBOURS) {
          break;
        }
        if (isQueue(entry)) {
          found.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.debug("cannot look for queues in {}", parent, e);
    }
    return found;
  }

  private static boolean isQueue(Path directory) {
    try {
      return QueueInspector.isQueue(directory);
    } catch (IOException | DirectoryIteratorException e) {
      log.debug("cannot look into {}", directory, e);
      return false;
    }
  }
}
