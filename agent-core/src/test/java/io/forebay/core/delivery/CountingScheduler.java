package io.forebay.core.delivery;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Counts what a loop has scheduled to be run at once: how often it has to turn. */
final class CountingScheduler implements Scheduler {

  private final Scheduler scheduler;
  int turns;

  CountingScheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public long now(TimeUnit unit) {
    return scheduler.now(unit);
  }

  @Override
  public Disposable schedule(Runnable task) {
    turns++;
    return scheduler.schedule(task);
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return scheduler.schedule(task, delay, unit);
  }

  @Override
  public Worker createWorker() {
    Worker worker = scheduler.createWorker();
    return new Worker() {
      @Override
      public Disposable schedule(Runnable task) {
        turns++;
        return worker.schedule(task);
      }

      @Override
      public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return worker.schedule(task, delay, unit);
      }

      @Override
      public void dispose() {
        worker.dispose();
      }
    };
  }
}
