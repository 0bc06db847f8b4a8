package io.forebay.core.graph;

import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Problems;
import io.forebay.core.graph.DirectoryProbe.Finding;
import io.forebay.core.graph.PipelineGraph.Node;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries what a pipeline names on the disk before anything is opened: that its directories can be
 * made, written, synced and renamed in, that they outlive a restart, that there is room, and that
 * its certificates and keys can be read. Leaves no trace, and touches nothing in a directory that
 * is there. Blocks on the disk.
 */
public final class Preflight {

  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs");
  private static final Set<String> CONTAINER_LAYERS = Set.of("overlay", "overlayfs", "aufs");
  private static final Set<String> NETWORK =
      Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "9p", "fuse.sshfs");

  private final PipelineGraph graph;
  private final Path dataDirectory;
  private final Problems problems;
  private final Map<FileStore, Long> promised = new HashMap<>();

  private Preflight(PipelineGraph graph, Path dataDirectory, Problems problems) {
    this.graph = graph;
    this.dataDirectory = dataDirectory;
    this.problems = problems;
  }

  /**
   * Tries everything and adds what it finds to {@code problems}.
   *
   * @param dataDirectory the agent's own directory, where cursors go when the file says nothing
   *     else
   */
  public static void check(PipelineGraph graph, Path dataDirectory, Problems problems) {
    new Preflight(graph, dataDirectory, problems).check();
  }

  private void check() {
    graph.nodes().forEach(node -> CertificateProbe.check(node, problems));
    for (Node node : graph.nodes(NodeKind.DESTINATION)) {
      if (node.factory() instanceof DestinationFactory<?> factory) {
        destination(node, QueueDirectories.settings(factory, node.config()));
      }
    }
    for (Node node : graph.nodes(NodeKind.SOURCE)) {
      if (keepsCursor(node.config())) {
        Path chosen = graph.settings().persistingCursorSettings().path();
        Path path = chosen == null ? dataDirectory : chosen;
        directory(
            chosen == null ? "the data directory (--data-dir)" : "the cursor directory",
            path,
            null,
            node.locate("enable_persisting_cursor"),
            node.name());
        break;
      }
    }
  }

  private void destination(Node node, DestinationSettings settings) {
    PersistentQueueSettings queue = settings.persistentQueue();
    if (queue != null) {
      directory(
          "the queue's directory",
          queue.path(),
          queue.maxByteSize(),
          node.locate("persistent_queue", "path"),
          node.name());
    }
    // Destinations that keep files say so with the key mounted_path.
    RecordValues.named(node.config(), "mountedPath", Path.class)
        .ifPresent(
            path ->
                directory("the directory", path, null, node.locate("mounted_path"), node.name()));
    DeadLetterSettings deadLetters = settings.deadLetters();
    if (deadLetters != null) {
      Path chosen = deadLetters.path();
      directory(
          chosen == null ? "the data directory (--data-dir)" : "the directory of the dead letters",
          chosen == null ? dataDirectory : chosen,
          deadLetters.maxByteSize(),
          node.locate("dead_letters", "path"),
          node.name());
    }
  }

  /** Sources that keep a cursor say so with the key {@code enable_persisting_cursor}. */
  private static boolean keepsCursor(Record config) {
    return RecordValues.named(config, "enablePersistingCursor", Boolean.class).orElse(false);
  }

  private void directory(
      String what, Path path, @Nullable DataSize maxBytes, Position position, String node) {
    Path absolute = path.toAbsolutePath().normalize();
    List<Finding> findings = DirectoryProbe.probe(absolute);
    for (Finding finding : findings) {
      String message = what + " '" + absolute + "' " + finding.message();
      if (finding.fatal()) {
        problems.error(position, node, message, finding.suggestion());
      } else {
        problems.warning(position, node, message, finding.suggestion());
      }
    }
    if (findings.stream().anyMatch(Finding::fatal)) {
      return;
    }
    try {
      FileStore store = Files.getFileStore(DirectoryProbe.nearestExisting(absolute));
      kind(what, absolute, store.type(), position, node);
      if (maxBytes != null) {
        room(store, maxBytes.bytes() - DirectoryProbe.sizeOf(absolute), absolute, position, node);
      }
    } catch (IOException e) {
      problems.warning(
          position,
          node,
          "cannot tell how much room '" + absolute + "' has: " + e.getMessage(),
          null);
    }
  }

  private void kind(String what, Path path, String type, Position position, String node) {
    String name = type.toLowerCase(Locale.ROOT);
    if (MEMORY.contains(name)) {
      problems.warning(
          position,
          node,
          what
              + " '"
              + path
              + "' lies in memory ("
              + type
              + ") and is lost at a restart of the host",
          "choose a directory on a disk");
    } else if (CONTAINER_LAYERS.contains(name)) {
      problems.warning(
          position,
          node,
          what
              + " '"
              + path
              + "' lies in a container's own layer ("
              + type
              + ") and is lost with the container",
          "mount a volume there");
    } else if (NETWORK.contains(name)) {
      problems.warning(
          position,
          node,
          what
              + " '"
              + path
              + "' lies on a network filesystem ("
              + type
              + "), on which locks and syncs may not hold",
          "choose a directory on a local disk");
    }
  }

  private void room(FileStore store, long wanted, Path path, Position position, String node)
      throws IOException {
    long before = promised.getOrDefault(store, 0L);
    DiskBudgetSettings budget = graph.settings().diskBudget();
    DataSize max = budget == null ? null : budget.maxByteSize();
    long total = before + Math.max(0, wanted);
    if (max != null) {
      total = Math.min(total, max.bytes());
    }
    promised.put(store, total);
    long free = store.getUsableSpace();
    if (total > free && before <= free) {
      problems.warning(
          position,
          node,
          "the disk of '"
              + path
              + "' has "
              + human(free)
              + " free, and the queues on it may yet grow by "
              + human(total),
          "free space, or lower max_byte_size; when the disk is full, new data cannot be kept");
    }
  }

  private static String human(long bytes) {
    return bytes >= 1_000_000_000
        ? String.format(Locale.ROOT, "%.1fGB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.1fMB", bytes / 1e6);
  }
}
