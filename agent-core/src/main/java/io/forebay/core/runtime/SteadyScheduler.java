package io.forebay.core.runtime;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler whose time never jumps. Reactor's own tell the time of the wall: once that is set
 * back by hours, whoever waits until a moment waits for hours.
 *
 * @param originNanos of {@link System#nanoTime} at time 0
 */
record SteadyScheduler(Scheduler scheduler, long originNanos) implements Scheduler {

  static Scheduler of(Scheduler scheduler) {
    return new SteadyScheduler(scheduler, System.nanoTime());
  }

  @Override
  public long now(TimeUnit unit) {
    return unit.convert(System.nanoTime() - originNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public Disposable schedule(Runnable task) {
    return scheduler.schedule(task);
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return scheduler.schedule(task, delay, unit);
  }

  @Override
  public Disposable schedulePeriodically(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return scheduler.schedulePeriodically(task, initialDelay, period, unit);
  }

  @Override
  public Worker createWorker() {
    return scheduler.createWorker();
  }

  @Override
  public boolean isDisposed() {
    return scheduler.isDisposed();
  }

  @Override
  public void init() {
    scheduler.init();
  }

  @Override
  public void dispose() {
    scheduler.dispose();
  }

  @Override
  public Mono<Void> disposeGracefully() {
    return scheduler.disposeGracefully();
  }
}
