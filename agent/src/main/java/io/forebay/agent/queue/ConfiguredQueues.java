package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.disk.DiskBudget;
import io.forebay.core.disk.OwnedQueue;
import io.forebay.core.graph.PipelineGraph;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The queues and the dead letters that the destinations of a pipeline file own. */
public final class ConfiguredQueues {

  private final List<QueueLocation> locations = new ArrayList<>();

  /**
   * Looks how large the queues are where they share a disk budget, which blocks on the disk.
   *
   * @param dataDirectory the agent's own, where dead letters go that the file says nothing of
   */
  public ConfiguredQueues(PipelineGraph graph, Path dataDirectory, Clock clock) {
    List<OwnedQueue> owned = OwnedQueue.of(graph, dataDirectory, clock);
    DiskBudget budget = new DiskBudget(graph.settings().diskBudget(), owned);
    budget.measure();
    for (OwnedQueue queue : owned) {
      Kind kind =
          switch (queue.kind()) {
            case QUEUE -> Kind.QUEUE;
            case DEAD_LETTERS -> Kind.DEAD_LETTERS;
          };
      locations.add(
          new QueueLocation(kind, queue.node(), queue.directory(), budget.share(queue.options())));
    }
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
