package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class SteadySchedulerTest {

  @Test
  void timeGoesByTheClockThatNobodySets_andBeginsAtZero() {
    Scheduler steady = SteadyScheduler.of(Schedulers.newSingle("test-steady", true));
    try {
      assertThat(steady.now(TimeUnit.HOURS)).as("no time of the wall").isZero();
      long beforeNanos = System.nanoTime();
      long before = steady.now(TimeUnit.NANOSECONDS);
      AtomicBoolean ran = new AtomicBoolean();
      steady.schedule(() -> ran.set(true), 20, TimeUnit.MILLISECONDS);
      await().untilTrue(ran);
      long passed = steady.now(TimeUnit.NANOSECONDS) - before;
      assertThat(passed)
          .isBetween(
              TimeUnit.MILLISECONDS.toNanos(20), System.nanoTime() - beforeNanos + 1_000_000);
    } finally {
      steady.dispose();
    }
    assertThat(steady.isDisposed()).isTrue();
  }
}
