package io.forebay.agent.rehearsal;

import io.forebay.core.component.Destination;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.delivery.Deliveries;
import io.forebay.core.delivery.Delivery;
import io.forebay.core.delivery.DeliveryListener;
import io.forebay.core.delivery.DeliveryOptions;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueStatistics;
import io.forebay.queue.VirtualDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One destination through one outage: ten seconds of health, the outage, and then until the backlog
 * is gone, or is seen not to shrink. To be run once.
 */
final class OutageRun {

  /**
   * What a destination is, for a rehearsal.
   *
   * @param windows batches under way at once where items have numbers; 0 where they have none
   * @param shared gives a queue its part of a disk budget
   */
  record Subject(
      String node,
      DestinationSettings settings,
      DataSize defaultBatchBytes,
      Duration defaultBatchTimeout,
      int windows,
      UnaryOperator<QueueOptions> shared) {}

  private static final Path NOWHERE = Path.of("rehearsal");
  private static final long HEALTHY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LOOK_NANOS = Duration.ofMinutes(5).toNanos();
  private static final long SHORTEST_TICK_NANOS = Duration.ofMillis(100).toNanos();
  private static final int TICKS_OF_OUTAGE = 36_000;

  /** Backlogs that take longer are reckoned from the pace at which they shrink. */
  private static final int DRAIN_ITEMS_FACTOR = 3;

  private final Load load;
  private final DoubleConsumer progress;
  private final VirtualTime time = new VirtualTime();
  private final VirtualDisk disk =
      new VirtualDisk((task, delay) -> time.schedule(task, delay, TimeUnit.MILLISECONDS));
  private final ScriptedReceiver receiver = new ScriptedReceiver(time);
  private final SteadySource source;
  private final Delivery delivery;
  private final Map<String, Long> dropped = new HashMap<>();
  private final long tickNanos;
  private final long outageBegins = HEALTHY_NANOS;
  private final long outageEnds;
  private long droppedBytes;
  private @Nullable Duration firstDrop;
  private @Nullable Duration waitingFrom;
  private long peakMemoryItems;
  private long peakMemoryBytes;
  private long peakWaiting;
  private long oldestMillis;

  /**
   * @param progress told of how much is done, from 0 to 1
   */
  OutageRun(Subject subject, Load load, DoubleConsumer progress) {
    this.load = load;
    this.progress = progress;
    this.source = new SteadySource(load.itemsPerSecond(), load.itemBytes());
    this.tickNanos = Math.max(SHORTEST_TICK_NANOS, load.outage().toNanos() / TICKS_OF_OUTAGE);
    this.outageEnds = outageBegins + load.outage().toNanos();
    Destination target = subject.windows() > 0 ? receiver.numbered(subject.windows()) : receiver;
    this.delivery =
        Deliveries.create(
            new DeliveryOptions(
                subject.node(),
                subject.settings(),
                target,
                subject.defaultBatchBytes(),
                subject.defaultBatchTimeout(),
                NOWHERE,
                time.clock(),
                new Random(1),
                time,
                time,
                new Drops(),
                options -> disk.open(subject.shared().apply(options))));
  }

  Figures run() {
    delivery.start().subscribe();
    time.runUntil(0);
    delivery.accept(source.batches()).subscribe();
    passUntil(outageBegins);
    receiver.goDown();
    passUntil(outageEnds);
    receiver.comeBack(load.recoveredItemsPerSecond());
    Drain drain = drain();
    Figures figures = figures(drain);
    time.dispose();
    return figures;
  }

  private record Drain(@Nullable Duration took, boolean extrapolated) {}

  private Drain drain() {
    long looked = waiting(delivery.snapshot());
    long lookedAt = time.nanos();
    long itemsAtMost = Math.max(load.outageItems(), 1) * DRAIN_ITEMS_FACTOR + source.offered();
    while (true) {
      tick();
      DeliverySnapshot now = delivery.snapshot();
      if (isDrained(now)) {
        return new Drain(Duration.ofNanos(time.nanos() - outageEnds), false);
      }
      if (time.nanos() - lookedAt >= LOOK_NANOS) {
        long left = waiting(now);
        double gone = (double) (looked - left) / (time.nanos() - lookedAt);
        boolean settled = time.nanos() - outageEnds >= 2 * LOOK_NANOS;
        // What comes and goes between two looks is no shrinking.
        if (settled && looked - left <= load.itemsPerSecond()) {
          return new Drain(null, false);
        }
        if (settled && source.offered() > itemsAtMost) {
          long rest = (long) (left / gone);
          return new Drain(Duration.ofNanos(time.nanos() - outageEnds + rest), true);
        }
        looked = left;
        lookedAt = time.nanos();
      }
    }
  }

  private boolean isDrained(DeliverySnapshot now) {
    return now.state() == DeliveryState.DIRECT && now.why() == null && source.waiting() == 0;
  }

  private long waiting(DeliverySnapshot now) {
    return now.bufferedItems() + source.waiting();
  }

  private void passUntil(long end) {
    while (time.nanos() < end) {
      tick();
    }
  }

  private void tick() {
    time.runUntil(time.nanos() + tickNanos);
    source.pass(tickNanos);
    time.runUntil(time.nanos());
    look();
  }

  private void look() {
    DeliverySnapshot now = delivery.snapshot();
    peakMemoryItems = Math.max(peakMemoryItems, now.memoryItems());
    peakMemoryBytes = Math.max(peakMemoryBytes, now.memoryBytes());
    QueueStatistics queue = now.queue();
    if (queue != null && queue.records() > 0 && queue.oldestMillis() > 0) {
      oldestMillis = Math.max(oldestMillis, time.clock().millis() - queue.oldestMillis());
    }
    if (source.waiting() > load.itemsPerSecond() / 2) {
      if (waitingFrom == null) {
        waitingFrom = Duration.ofNanos(Math.max(time.nanos() - outageBegins, 0));
      }
      peakWaiting = Math.max(peakWaiting, source.waiting());
    }
    long total = outageEnds + load.outage().toNanos() / 4;
    progress.accept(Math.min((double) time.nanos() / total, 1));
  }

  private Figures figures(Drain drain) {
    DeliverySnapshot end = delivery.snapshot();
    return new Figures(
        end.receivedItems(),
        end.deliveredItems(),
        dropped,
        droppedBytes,
        firstDrop,
        disk.peakBytes(),
        peakMemoryItems,
        peakMemoryBytes,
        peakWaiting,
        waitingFrom,
        Duration.ofMillis(oldestMillis),
        drain.took(),
        drain.extrapolated());
  }

  private final class Drops implements DeliveryListener {
    @Override
    public void onDropped(String reason, long items, long bytes) {
      dropped.merge(reason, items, Long::sum);
      droppedBytes += bytes;
      if (firstDrop == null) {
        firstDrop = Duration.ofNanos(Math.max(time.nanos() - outageBegins, 0));
      }
    }
  }
}
