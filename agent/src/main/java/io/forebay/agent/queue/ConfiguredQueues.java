package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.delivery.QueueSettings;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The queues and the dead letters that the destinations of a pipeline file own. */
public final class ConfiguredQueues {

  private final List<QueueLocation> locations = new ArrayList<>();

  /**
   * @param dataDirectory the agent's own, where dead letters go that the file says nothing of
   */
  public ConfiguredQueues(PipelineGraph graph, Path dataDirectory, Clock clock) {
    for (PipelineGraph.Node node : graph.nodes(NodeKind.DESTINATION)) {
      if (node.factory() instanceof DestinationFactory<?> factory) {
        add(node.name(), settings(factory, node.config()), dataDirectory, clock);
      }
    }
  }

  private static <C extends Record> DestinationSettings settings(
      DestinationFactory<C> factory, Record config) {
    return factory.settings(factory.configType().cast(config));
  }

  private void add(String node, DestinationSettings settings, Path dataDirectory, Clock clock) {
    PersistentQueueSettings queue = settings.persistentQueue();
    if (queue != null) {
      add(Kind.QUEUE, node, QueueSettings.ofQueue(queue, clock));
    }
    Path usual = QueueSettings.deadLetterDirectory(dataDirectory, node);
    add(Kind.DEAD_LETTERS, node, QueueSettings.ofDeadLetters(settings.deadLetters(), usual, clock));
  }

  private void add(Kind kind, String node, QueueOptions options) {
    Path directory = options.directory().toAbsolutePath().normalize();
    locations.add(new QueueLocation(kind, node, directory, options));
  }

  /** All, in the order of the file. */
  public List<QueueLocation> all() {
    return List.copyOf(locations);
  }

  /** The queue, or the dead letters, of a node. */
  public Optional<QueueLocation> find(Kind kind, String node) {
    return locations.stream()
        .filter(location -> location.kind() == kind && location.node().equals(node))
        .findFirst();
  }
}
