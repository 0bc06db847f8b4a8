package io.forebay.core.delivery;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A scheduler whose thread is always a little late, so that messages gather meanwhile. */
record LaggingScheduler(Scheduler scheduler, Duration lag) implements Scheduler {

  @Override
  public long now(TimeUnit unit) {
    return scheduler.now(unit);
  }

  @Override
  public Disposable schedule(Runnable task) {
    return scheduler.schedule(task, lag.toNanos(), TimeUnit.NANOSECONDS);
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
        return worker.schedule(task, lag.toNanos(), TimeUnit.NANOSECONDS);
      }

      @Override
      public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return worker.schedule(task, delay, unit);
      }

      @Override
      public void dispose() {
        worker.dispose();
      }

      @Override
      public boolean isDisposed() {
        return worker.isDisposed();
      }
    };
  }
}
