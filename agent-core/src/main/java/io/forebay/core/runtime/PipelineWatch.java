package io.forebay.core.runtime;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What is looked after while a pipeline runs: each second, and the disk more rarely. */
final class PipelineWatch {

  private static final Logger log = LoggerFactory.getLogger(PipelineWatch.class);

  /** Time between two looks at what others may change on the disk. */
  private static final long LOOK_SECONDS = 5;

  private final Assembly assembly;
  private final HealthCheck health;
  private final TroubleLog troubles;
  private final DiskWatch disk;
  private final BooleanSupplier running;
  private @Nullable BooksCheck books;

  /**
   * @param running whether items flow
   */
  PipelineWatch(Assembly assembly, HealthCheck health, BooleanSupplier running) {
    this.assembly = assembly;
    this.health = health;
    this.running = running;
    this.troubles = new TroubleLog(assembly, Clock.systemUTC(), System::nanoTime);
    this.disk = new DiskWatch(assembly.inventory());
  }

  /**
   * Begins to look, until disposed of; once the destinations are open, and before anything comes.
   *
   * @param timer nothing that blocks
   */
  Disposable begin(Scheduler timer) {
    BooksCheck begun = new BooksCheck(assembly, running);
    books = begun;
    return Disposables.composite(
        timer.schedulePeriodically(() -> tick(begun), 0, 1, TimeUnit.SECONDS),
        Schedulers.boundedElastic()
            .schedulePeriodically(
                assembly.inventory()::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
  }

  private void tick(BooksCheck begun) {
    try {
      assembly.telemetry().sample(System.nanoTime());
      health.tick();
      troubles.tick();
      disk.tick();
      begun.tick();
    } catch (RuntimeException e) {
      // A tick that throws would be the last.
      log.warn("sampling the pipeline failed: {}", e.toString());
    }
  }

  /** Tells of all that nobody was told of yet. */
  void end() {
    troubles.end();
    BooksCheck begun = books;
    if (begun != null) {
      begun.end();
    }
  }
}
