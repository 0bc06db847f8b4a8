package io.forebay.agent.rehearsal;

import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.disk.DiskBudget;
import io.forebay.core.disk.OwnedQueue;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own disk budget as the queue of one destination meets it while all others are empty:
 * their shares are set aside, and the rest is its own. What must stay free on the disk is left out.
 */
final class BudgetPart {

  private static final Path NOWHERE = Path.of("rehearsal-data");

  /** Below it shares are too small to tell anything. */
  private static final long LEAST_SHARE_BYTES = 1 << 20;

  private final @Nullable DataSize whole;
  private final List<OwnedQueue> queues;
  private final String node;

  BudgetPart(PipelineGraph graph, String node) {
    DiskBudgetSettings settings = graph.settings().diskBudget();
    this.whole = settings == null ? null : settings.maxByteSize();
    this.queues = OwnedQueue.of(graph, NOWHERE, Clock.systemUTC());
    this.node = node;
  }

  /** Into how many parts it can be divided at most. */
  int mostParts() {
    DataSize max = whole;
    return max == null
        ? Integer.MAX_VALUE
        : (int)
            Math.min(
                Math.max(max.bytes() / 4 / queues.size() / LEAST_SHARE_BYTES, 1),
                Integer.MAX_VALUE);
  }

  /** The most that it lets the queue have; null where it sets no bound. */
  @Nullable Long mostBytes() {
    return whole == null
        ? null
        : queues.stream()
            .filter(this::isOwn)
            .findFirst()
            .map(own -> share(own.options(), 1).space().maxBytes())
            .orElse(null);
  }

  /** The budget that lets the queue have so much, whatever the bounds of the others. */
  long budgetFor(long bytes) {
    double others = (queues.size() - 1.0) / (4.0 * queues.size());
    return (long) Math.ceil(bytes / (1 - others));
  }

  /** The options of the queue with its part of the budget, all sizes divided. */
  QueueOptions share(QueueOptions own, int parts) {
    DataSize max = whole;
    if (max == null) {
      return own;
    }
    List<OwnedQueue> sharing = new ArrayList<>();
    for (OwnedQueue queue : queues) {
      QueueOptions options = isOwn(queue) ? own : divided(queue.options(), parts);
      sharing.add(new OwnedQueue(queue.kind(), queue.node(), queue.type(), options));
    }
    DiskBudgetSettings settings =
        new DiskBudgetSettings(DataSize.ofBytes(max.bytes() / parts), DataSize.ofBytes(0));
    return new DiskBudget(settings, sharing).share(own);
  }

  private boolean isOwn(OwnedQueue queue) {
    return queue.kind() == OwnedQueue.Kind.QUEUE && queue.node().equals(node);
  }

  private static QueueOptions divided(QueueOptions options, int parts) {
    return new QueueOptions(
        options.directory(),
        Math.max(options.maxBytes() / parts, QueueOptions.MIN_MAX_BYTES),
        options.segmentBytes(),
        options.overflow(),
        options.syncPolicy(),
        options.compression(),
        options.maxAge(),
        options.clock(),
        options.listener());
  }
}
