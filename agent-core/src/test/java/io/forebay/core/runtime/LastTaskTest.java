package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class LastTaskTest {

  /** The lock that is taken as threads end parked a delivery's own thread now and then. */
  @Test
  void threads_endOnOneThatMayWait() throws Exception {
    Watched scheduler = new Watched(Schedulers.newSingle("watched", true));

    scheduler.schedule(() -> LastTask.thenEnd(scheduler));

    assertThat(scheduler.endedWhereNoneMayWait.get(10, TimeUnit.SECONDS)).isFalse();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(scheduler::isDisposed);
  }

  @Test
  void taskThatEndsItsOwnThread_isNotInterrupted() throws Exception {
    Scheduler scheduler = Schedulers.newSingle("own", true);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

    scheduler.schedule(
        () -> {
          LastTask.thenEnd(scheduler);
          while (!scheduler.isDisposed()) {
            Thread.onSpinWait();
          }
          interrupted.complete(Thread.currentThread().isInterrupted());
        });

    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
  }

  private record Watched(Scheduler scheduler, CompletableFuture<Boolean> endedWhereNoneMayWait)
      implements Scheduler {

    Watched(Scheduler scheduler) {
      this(scheduler, new CompletableFuture<>());
    }

    @Override
    public Disposable schedule(Runnable task) {
      return scheduler.schedule(task);
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
    public Mono<Void> disposeGracefully() {
      return Mono.defer(
          () -> {
            endedWhereNoneMayWait.complete(Schedulers.isInNonBlockingThread());
            return scheduler.disposeGracefully();
          });
    }
  }
}
