package io.forebay.core.disk;

import io.forebay.core.graph.PipelineGraph;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queues of a pipeline on disk, taken together. Safe from any thread. */
public final class DiskInventory {

  private final DiskBudget budget;

  private DiskInventory(DiskBudget budget) {
    this.budget = budget;
  }

  /** Of a pipeline that is about to run; touches nothing before {@link #begin}. */
  public static DiskInventory of(PipelineGraph graph, Path dataDirectory, Clock clock) {
    List<OwnedQueue> owned = OwnedQueue.of(graph, dataDirectory, clock);
    return new DiskInventory(new DiskBudget(graph.settings().diskBudget(), owned));
  }

  /** Knows no queues and bounds nothing. */
  public static DiskInventory none() {
    return new DiskInventory(new DiskBudget(null, List.of()));
  }

  /** The budget that the queues share. */
  public DiskBudget budget() {
    return budget;
  }

  /** Looks what is there, before any queue is opened. Never fails; blocks on the disk. */
  public void begin() {
    budget.measure();
  }

  /** Looks again at what others may change; to be called now and then. Blocks on the disk. */
  public void look() {
    budget.look();
  }

  /** How things stand; cheap. */
  public DiskStatus status() {
    @Nullable BudgetStatus status = budget.isSet() ? budget.status() : null;
    return new DiskStatus(status);
  }
}
