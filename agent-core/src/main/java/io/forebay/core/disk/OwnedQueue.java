package io.forebay.core.disk;

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

/**
 * A queue on disk that a destination of a pipeline owns.
 *
 * @param kind what it holds
 * @param node the destination's name
 * @param type the destination's type
 * @param options how the destination opens it; the directory may not exist yet
 */
public record OwnedQueue(Kind kind, String node, String type, QueueOptions options) {

  /** What a queue holds. */
  public enum Kind {
    /** What is still to be delivered. */
    QUEUE,
    /** What the receiver will never take. */
    DEAD_LETTERS
  }

  /** Where it lies: absolute. */
  public Path directory() {
    return options.directory().toAbsolutePath().normalize();
  }

  /**
   * All queues of a pipeline, in the order of its destinations.
   *
   * @param dataDirectory the agent's own, where dead letters go that the file says nothing of
   */
  public static List<OwnedQueue> of(PipelineGraph graph, Path dataDirectory, Clock clock) {
    List<OwnedQueue> owned = new ArrayList<>();
    for (PipelineGraph.Node node : graph.nodes(NodeKind.DESTINATION)) {
      if (node.factory() instanceof DestinationFactory<?> factory) {
        DestinationSettings settings = settings(factory, node.config());
        PersistentQueueSettings queue = settings.persistentQueue();
        if (queue != null) {
          owned.add(
              new OwnedQueue(
                  Kind.QUEUE, node.name(), node.type(), QueueSettings.ofQueue(queue, clock)));
        }
        Path usual = QueueSettings.deadLetterDirectory(dataDirectory, node.name());
        owned.add(
            new OwnedQueue(
                Kind.DEAD_LETTERS,
                node.name(),
                node.type(),
                QueueSettings.ofDeadLetters(settings.deadLetters(), usual, clock)));
      }
    }
    return owned;
  }

  private static <C extends Record> DestinationSettings settings(
      DestinationFactory<C> factory, Record config) {
    return factory.settings(factory.configType().cast(config));
  }
}
