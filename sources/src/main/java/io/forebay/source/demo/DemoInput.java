package io.forebay.source.demo;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.source.worker.Emitter;
import io.forebay.source.worker.WorkerFlux;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/** Emits made-up lines at the rate, each subscription from number 1 on. */
final class DemoInput implements Source {

  private static final int MAX_BATCH_ITEMS = 1000;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Batches are this far apart at least, so that a high rate does not become a busy loop. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final DemoInputConfig config;
  private final ComponentContext context;

  DemoInput(DemoInputConfig config, ComponentContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public Flux<Batch> batches() {
    return new WorkerFlux("demo-input-" + context.nodeName(), this::run);
  }

  private void run(Emitter out) {
    int size = (int) config.size().bytes();
    DemoLines lines = new DemoLines(config.logType(), size, config.seed());
    Pace pace = new Pace(config.eventsPerSec(), System.nanoTime());
    long last = config.count() == 0 ? Long.MAX_VALUE : config.count();
    int most = Math.max(1, Math.min(MAX_BATCH_ITEMS, MAX_BATCH_BYTES / Math.max(1, size)));
    long sequence = 0;
    while (sequence < last && out.awaitDemand()) {
      long now = System.nanoTime();
      long due = Math.min(pace.due(now), Math.min(most, last - sequence));
      if (due == 0) {
        out.pause(Math.max(TICK_NANOS, pace.untilNextNanos(now)));
        continue;
      }
      out.emit(batch(lines, sequence, (int) due));
      sequence += due;
      pace.took(due);
    }
  }

  private Batch batch(DemoLines lines, long before, int count) {
    long nowMillis = context.clock().millis();
    List<Item> items = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      long sequence = before + i;
      items.add(
          Item.log(nowMillis, lines.line(sequence, nowMillis), Map.of(), Map.of("seq", sequence)));
    }
    return Batch.of(items, Acknowledgement.ignored());
  }

  /** How many items are due; what was not taken in time is made up for, one second's worth. */
  private static final class Pace {
    private final int perSecond;
    private long startNanos;
    private long taken;

    Pace(int perSecond, long nowNanos) {
      this.perSecond = perSecond;
      this.startNanos = nowNanos;
    }

    long due(long nowNanos) {
      if (perSecond == 0) {
        return Long.MAX_VALUE;
      }
      // Moved on by whole seconds, so that nothing overflows. Negative: a backlog.
      long seconds = (nowNanos - startNanos) / SECOND_NANOS;
      startNanos += seconds * SECOND_NANOS;
      taken -= seconds * perSecond;
      long due = (nowNanos - startNanos) * perSecond / SECOND_NANOS - taken;
      long missed = Math.max(0, due - perSecond);
      taken += missed;
      return due - missed;
    }

    long untilNextNanos(long nowNanos) {
      return perSecond == 0 ? 0 : startNanos + (taken + 1) * SECOND_NANOS / perSecond - nowNanos;
    }

    void took(long count) {
      taken += count;
    }
  }
}
