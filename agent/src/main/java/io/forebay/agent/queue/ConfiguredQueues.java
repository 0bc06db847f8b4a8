package io.forebay.agent.queue;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.DiskBudget;
import io.forebay.core.disk.MissedQueue;
import io.forebay.core.disk.OwnedQueue;
import io.forebay.core.disk.QueueRegistry;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues and the dead letters that the destinations of a pipeline file own. */
public final class ConfiguredQueues {

  private static final Logger log = LoggerFactory.getLogger(ConfiguredQueues.class);

  private final List<QueueLocation> locations = new ArrayList<>();
  private final DiskBudget budget;
  private final Path dataDirectory;
  private boolean orphansCounted;

  /**
   * Looks how large the queues are where they share a disk budget, which blocks on the disk.
   *
   * @param dataDirectory the agent's own, where dead letters go that the file says nothing of
   */
  public ConfiguredQueues(PipelineGraph graph, Path dataDirectory, Clock clock) {
    this.dataDirectory = dataDirectory;
    List<OwnedQueue> owned = OwnedQueue.of(graph, dataDirectory, clock);
    budget = new DiskBudget(graph.settings().diskBudget(), owned);
    budget.measure();
    List<QueueRegistry.Entry> known = new QueueRegistry(dataDirectory).read();
    for (OwnedQueue queue : owned) {
      Kind kind =
          switch (queue.kind()) {
            case QUEUE -> Kind.QUEUE;
            case DEAD_LETTERS -> Kind.DEAD_LETTERS;
          };
      QueueRegistry.Entry entry = entry(queue, known);
      MissedQueue missed = entry == null ? null : entry.missed();
      locations.add(
          new QueueLocation(
              kind,
              queue.node(),
              queue.directory(),
              budget.share(queue.options()),
              entry == null || !entry.seen() ? 0 : entry.openedMillis(),
              missed != null && missed.isCurrent(clock.millis()) ? missed : null));
    }
  }

  /** Dead letters come with the first, so that none need be there. */
  private static QueueRegistry.@Nullable Entry entry(
      OwnedQueue queue, List<QueueRegistry.Entry> known) {
    QueueRegistry.Entry entry = QueueRegistry.find(known, queue.directory());
    return entry != null
            && entry.kind() == OwnedQueue.Kind.QUEUE
            && queue.kind() == OwnedQueue.Kind.QUEUE
        ? entry
        : null;
  }

  /** How the budget stands that all of them share. */
  public BudgetStatus budget() {
    countOrphans();
    return budget.status();
  }

  /** By how much one of them can still grow; null where it cannot be told. */
  public @Nullable QueueRoom room(QueueStatus queue) {
    countOrphans();
    return QueueRoom.of(queue, budget);
  }

  /** They take of the budget too; looked for once, and only where there is one. */
  private void countOrphans() {
    if (orphansCounted || budget.status().maxBytes() == Long.MAX_VALUE) {
      return;
    }
    orphansCounted = true;
    try {
      long bytes = 0;
      for (QueueLocation orphan : new QueueFinder(path -> {}).orphansOf(dataDirectory, all())) {
        QueueStatus status = QueueStatus.of(orphan);
        QueueSummary summary = status.summary();
        bytes += summary == null || status.holder().isPresent() ? 0 : summary.diskBytes();
      }
      budget.foundOrphans(bytes);
    } catch (IOException e) {
      log.debug("cannot look for queues that no node owns in {}", dataDirectory, e);
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
