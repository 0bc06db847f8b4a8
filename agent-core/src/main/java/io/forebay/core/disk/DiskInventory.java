package io.forebay.core.disk;

import io.forebay.core.graph.PipelineGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues of an agent on disk, taken together. Safe from any thread. */
public final class DiskInventory {

  private static final Logger log = LoggerFactory.getLogger(DiskInventory.class);

  private final List<OwnedQueue> owned;
  private final DiskBudget budget;
  private final @Nullable Path dataDirectory;
  private final Clock clock;
  private volatile List<OrphanedQueue> found = List.of();
  private volatile Map<String, MissedQueue> missed = Map.of();

  private DiskInventory(
      List<OwnedQueue> owned, DiskBudget budget, @Nullable Path dataDirectory, Clock clock) {
    this.owned = owned;
    this.budget = budget;
    this.dataDirectory = dataDirectory;
    this.clock = clock;
  }

  /** Of an agent that is about to run; touches nothing before {@link #begin}. */
  public static DiskInventory of(PipelineGraph graph, Path dataDirectory, Clock clock) {
    List<OwnedQueue> owned = OwnedQueue.of(graph, dataDirectory, clock);
    DiskBudget budget = new DiskBudget(graph.settings().diskBudget(), owned);
    return new DiskInventory(owned, budget, dataDirectory, clock);
  }

  /** The same without a budget. */
  static DiskInventory of(List<OwnedQueue> owned, Path dataDirectory, Clock clock) {
    return new DiskInventory(owned, new DiskBudget(null, owned), dataDirectory, clock);
  }

  /** The same for a part of a pipeline, which looks for no queues that nobody owns. */
  public static DiskInventory ofPart(PipelineGraph graph, Path dataDirectory, Clock clock) {
    List<OwnedQueue> owned = OwnedQueue.of(graph, dataDirectory, clock);
    DiskBudget budget = new DiskBudget(graph.settings().diskBudget(), owned);
    return new DiskInventory(owned, budget, null, clock);
  }

  /** Knows no queues and bounds nothing. */
  public static DiskInventory none() {
    return new DiskInventory(List.of(), new DiskBudget(null, List.of()), null, Clock.systemUTC());
  }

  /** The budget that the queues share. */
  public DiskBudget budget() {
    return budget;
  }

  /** Looks what is there, before any queue is opened. Never fails; blocks on the disk. */
  public void begin() {
    Path directory = dataDirectory;
    if (directory != null) {
      missed = missed(new QueueRegistry(directory).update(owned, clock.millis()));
      try {
        found =
            new OrphanSearch(directory)
                .find(
                    OrphanSearch.directories(owned),
                    unreadable ->
                        log.warn("cannot look whether {} holds queues of nobody", unreadable));
      } catch (IOException e) {
        log.warn("cannot look for queues that no node owns in {}: {}", directory, e.toString());
      }
    }
    budget.measure();
    budget.foundOrphans(orphanBytes());
  }

  private static Map<String, MissedQueue> missed(List<QueueRegistry.Entry> entries) {
    Map<String, MissedQueue> all = new HashMap<>();
    for (QueueRegistry.Entry entry : entries) {
      MissedQueue queue = entry.missed();
      if (queue != null) {
        all.put(entry.node(), queue);
        if (queue.missedMillis() == entry.openedMillis()) {
          log.warn("{}", queue.warning(entry.node(), entry.directory()));
        }
      }
    }
    return all;
  }

  /** To be called when the queues are open. Never fails; blocks on the disk. */
  public void opened() {
    Path directory = dataDirectory;
    if (directory != null) {
      new QueueRegistry(directory).seen(owned);
    }
  }

  /** Looks again at what others may change; to be called now and then. Blocks on the disk. */
  public void look() {
    budget.look();
    Path directory = dataDirectory;
    if (directory != null && !found.isEmpty()) {
      found = new OrphanSearch(directory).again(found);
      budget.foundOrphans(orphanBytes());
    }
  }

  private long orphanBytes() {
    return orphans().stream().mapToLong(OrphanedQueue::diskBytes).sum();
  }

  /**
   * How the budget stood when the node's queue was last refused growth, and what stood in its way;
   * null when it was not within the last seconds. Cheap.
   */
  public @Nullable BudgetStatus refusal(String node) {
    for (OwnedQueue queue : owned) {
      if (queue.kind() == OwnedQueue.Kind.QUEUE && queue.node().equals(node)) {
        return budget.refusal(queue.directory());
      }
    }
    return null;
  }

  /** How things stand; cheap. */
  public DiskStatus status() {
    return new DiskStatus(budget.isSet() ? budget.status() : null, orphans(), missed);
  }

  /** What another process uses is in somebody's hands. */
  private List<OrphanedQueue> orphans() {
    return found.stream().filter(orphan -> !orphan.inUse()).toList();
  }
}
