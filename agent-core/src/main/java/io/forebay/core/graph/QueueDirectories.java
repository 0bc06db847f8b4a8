package io.forebay.core.graph;

import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Problems;
import io.forebay.core.graph.PipelineConfig.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds directories that two queues would share. */
final class QueueDirectories {

  private QueueDirectories() {}

  private record Use(Path path, Path real, String node, Position position, String key) {}

  /** Reports each directory that is, or lies in, a directory already in use. */
  static void check(Collection<NodeConfig> nodes, Problems problems) {
    List<Use> uses = new ArrayList<>();
    for (NodeConfig node : nodes) {
      DestinationSettings settings = settingsOf(node);
      if (settings == null || node.disabled()) {
        continue;
      }
      PersistentQueueSettings queue = settings.persistentQueue();
      if (queue != null) {
        add(queue.path(), node, "persistent_queue", uses, problems);
      }
      DeadLetterSettings deadLetters = settings.deadLetters();
      Path path = deadLetters == null ? null : deadLetters.path();
      if (path != null) {
        add(path, node, "dead_letters", uses, problems);
      }
    }
  }

  private static @Nullable DestinationSettings settingsOf(NodeConfig node) {
    Record config = node.config();
    return config != null && node.factory() instanceof DestinationFactory<?> factory
        ? settings(factory, config)
        : null;
  }

  static <C extends Record> DestinationSettings settings(
      DestinationFactory<C> factory, Record config) {
    return factory.settings(factory.configType().cast(config));
  }

  private static void add(
      Path path, NodeConfig node, String key, List<Use> uses, Problems problems) {
    Position position = node.source().locate(key, "path");
    Use use = new Use(path, real(path), node.name(), position, key);
    for (Use other : uses) {
      if (use.real.startsWith(other.real) || other.real.startsWith(use.real)) {
        String relation = use.real.equals(other.real) ? "is" : "lies within, or around,";
        problems.error(
            position,
            node.name(),
            key
                + ".path '"
                + path
                + "' "
                + relation
                + " the directory '"
                + other.path
                + "' of "
                + (other.node.equals(node.name()) ? "its own " : "node '" + other.node + "', ")
                + other.key,
            "give each queue a directory of its own; the other stands on line "
                + other.position.line());
        break;
      }
    }
    uses.add(use);
  }

  /** The path with every symbolic link in the part of it that exists resolved. */
  static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    for (Path at = absolute; at != null; at = at.getParent()) {
      if (Files.exists(at)) {
        try {
          return at.toRealPath().resolve(at.relativize(absolute)).normalize();
        } catch (IOException e) {
          // Not readable for us: preflight tells of it, and the plain path must do here.
          return absolute;
        }
      }
    }
    return absolute;
  }
}
