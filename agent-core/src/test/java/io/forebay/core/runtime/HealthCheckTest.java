package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Source;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.item.Batch;
import io.forebay.core.runtime.HealthReport.Reason;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import io.forebay.queue.QueueStatistics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class HealthCheckTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);

  private final Scheduler timer = Schedulers.newSingle("test-health", true);
  private final Assembly assembly =
      new Assembly(new AgentTelemetry(new SimpleMeterRegistry(), CLOCK), timer, new Random(1));
  private final ScriptedDelivery delivery = new ScriptedDelivery("out");
  private final AtomicLong nanos = new AtomicLong(-17);
  private final HealthCheck health =
      new HealthCheck(assembly, Duration.ofSeconds(30), CLOCK, nanos::get);

  HealthCheckTest() {
    assembly.destination("out", "test_output", (n, l) -> delivery, Disposables.disposed());
  }

  @AfterEach
  void stop() {
    timer.dispose();
  }

  private NodeTelemetry out() {
    return assembly.nodes().findFirst().orElseThrow();
  }

  private List<Reason> reasonsAfter(Duration time) {
    nanos.addAndGet(time.toNanos());
    health.tick();
    return health.report(PipelineStatus.State.RUNNING).reasons();
  }

  @Test
  void isNotReadyWhileAFullQueueDropsItems_andReadyAMinuteAfterTheLast() {
    delivery.why = "connection refused";
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();

    out().onDropped("overflow_newest", 5, 100);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .containsExactly(
            new Reason(
                "out",
                "overflowing",
                "the queue is full; 5 items were dropped since 2026-01-02T03:04:05Z, the last 0 s"
                    + " ago: connection refused"));
    reasonsAfter(Duration.ofSeconds(50));
    out().onDropped("overflow_newest", 2, 40);
    reasonsAfter(Duration.ofSeconds(1));
    assertThat(reasonsAfter(Duration.ofSeconds(59)))
        .extracting(Reason::message)
        .containsExactly(
            "the queue was full; 7 items were dropped since 2026-01-02T03:04:05Z, the last 59 s ago"
                + ": connection refused");

    assertThat(reasonsAfter(Duration.ofSeconds(2))).isEmpty();
    assertThat(health.report(PipelineStatus.State.RUNNING).ready()).isTrue();

    out().onDropped("overflow_oldest", 3, 60);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .extracting(Reason::message)
        .containsExactly(
            "the queue is full; 3 items were dropped since 2026-01-02T03:04:05Z, the last 0 s ago"
                + ": connection refused");
  }

  /** A probe comes when it likes, and the watch looks once a second. */
  @Test
  void aDropIsSeenByTheNextProbe_andByThoseOfTheMinuteAfter() {
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();
    out().onDropped("overflow_newest", 1, 20);
    assertThat(health.report(PipelineStatus.State.RUNNING).reasons())
        .extracting(Reason::code)
        .containsExactly("overflowing");
    assertThat(reasonsAfter(Duration.ofSeconds(60))).hasSize(1);
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void saysWhichLimitItemsWereDroppedFor() {
    delivery.queue = new QueueStatistics(9, 3_900, 4_000_000, 4_000_000, 8, 9, 0, 0, 0, false);
    out().onDropped("overflow_oldest", 1, 20);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .extracting(Reason::message)
        .containsExactly(
            "the queue is full, with 4.0MB of 4.0MB (persistent_queue.max_byte_size); 1 item was"
                + " dropped since 2026-01-02T03:04:05Z, the last 0 s ago");

    delivery.diskTrouble = "the queue in q cannot append: its file system is full; make room on it";
    out().onDropped("overflow_newest", 1, 20);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .extracting(Reason::message)
        .contains(
            delivery.diskTrouble
                + "; 2 items were dropped since 2026-01-02T03:04:05Z, the last 0 s ago");
  }

  /** Nobody is told that a queue is full which has room again. */
  @Test
  void whatIsOver_isToldInThePast_withTheFiguresOfTheDrop() {
    delivery.queue = new QueueStatistics(9, 3_900, 4_000_000, 4_000_000, 8, 9, 0, 0, 0, false);
    out().onDropped("overflow_newest", 5, 100);
    reasonsAfter(Duration.ofSeconds(1));
    delivery.queue = new QueueStatistics(0, 0, 8_256, 4_000_000, 8, 9, 0, 0, 0, false);
    assertThat(reasonsAfter(Duration.ofSeconds(7)))
        .extracting(Reason::message)
        .containsExactly(
            "the queue was full, with 4.0MB of 4.0MB (persistent_queue.max_byte_size); 5 items were"
                + " dropped since 2026-01-02T03:04:05Z, the last 7 s ago");
  }

  @Test
  void aNodeIsHealthy_asLongAsNoReasonNamesIt() {
    assertThat(health.isWell(out())).isTrue();
    delivery.state = DeliveryState.PAUSED;
    assertThat(health.isWell(out())).isFalse();
    delivery.state = DeliveryState.SPILLING;
    assertThat(health.isWell(out())).as("what is kept on disk is in order").isTrue();
  }

  @Test
  void isNotReadyWhileOneItemKeepsAllOthersWaiting_butWhileItIsSetAside() {
    delivery.why = "500; 1 item failed 12 times";
    delivery.heldBack = new DeliverySnapshot.HeldBack(1, true);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .containsExactly(
            new Reason(
                "out",
                "blocked",
                "one item keeps all others waiting: 500; 1 item failed 12 times"));
    delivery.heldBack = new DeliverySnapshot.HeldBack(30, true);
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .extracting(Reason::message)
        .containsExactly("a batch keeps all others waiting: 500; 1 item failed 12 times");
    delivery.heldBack = new DeliverySnapshot.HeldBack(1, false);
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void isNotReadyBeforeASourceTakesData() {
    AtomicBoolean up = new AtomicBoolean();
    assembly.source(
        "in",
        "test_input",
        node ->
            new Source() {
              @Override
              public Flux<Batch> batches() {
                return Flux.never();
              }

              @Override
              public boolean isUp() {
                return up.get();
              }
            });
    assertThat(reasonsAfter(Duration.ofSeconds(1)))
        .containsExactly(new Reason("in", "starting", "it does not take data yet"));
    up.set(true);
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void staysReadyWhenItemsAreDroppedForOtherReasons() {
    out().onDropped("filtered", 5, 100);
    out().onDropped("max_age", 5, 100);
    assertThat(reasonsAfter(Duration.ofSeconds(1))).isEmpty();
  }
}
