package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of everything that can happen to a queue, on a disk that loses what was not
 * synced, checked against {@link QueueModel}.
 *
 * <p>{@code -Dforebay.queue.seed=N} replays one schedule, {@code -Dforebay.queue.schedules=N} runs
 * more.
 */
class QueueModelTest {

  private static final long FIRST_SEED = 1;

  @Test
  void randomSchedules_neverBreakTheInvariants() {
    Long replayed = Long.getLong("forebay.queue.seed");
    if (replayed != null) {
      run(replayed);
      return;
    }
    int schedules = Integer.getInteger("forebay.queue.schedules", 10_000);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + schedules; seed++) {
      run(seed);
    }
  }

  /**
   * Discarded evidence that a power cut brought back beside what took its room; records of failed
   * appends that were shown, and taken back, since a torn header could not tell of them.
   */
  @Test
  void schedulesThatOnceBrokeAnInvariant_doSoNoMore() {
    LongStream.of(17_755, 91_975, 95_843).forEach(QueueModelTest::run);
  }

  /** So that a simulation that tests nothing is noticed. */
  @Test
  void schedules_reachWhatTheyShouldReach() {
    QueueModel.Reached reached = new QueueModel.Reached();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 500; seed++) {
      new QueueModel(new Random(seed), reached).run();
    }
    assertThat(reached.stored).isGreaterThan(1000);
    assertThat(reached.refused).isPositive();
    assertThat(reached.oversized).isPositive();
    assertThat(reached.numbered).isPositive();
    assertThat(reached.leftOut).isPositive();
    assertThat(reached.truncated).isPositive();
    assertThat(reached.failed).isPositive();
    assertThat(reached.crashes).isPositive();
    assertThat(reached.kills).isPositive();
    assertThat(reached.overflowedOldest).isPositive();
    assertThat(reached.evictedLeased).isPositive();
    assertThat(reached.evictedAcknowledged).isPositive();
    assertThat(reached.expired).isPositive();
    assertThat(reached.blocked).isPositive();
    assertThat(reached.damaged).isPositive();
  }

  private static void run(long seed) {
    try {
      new QueueModel(new Random(seed), new QueueModel.Reached()).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "the schedule of -Dforebay.queue.seed=" + seed + " failed: " + e.getMessage(), e);
    }
  }
}
