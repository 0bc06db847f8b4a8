package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import io.forebay.queue.QueueStatistics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class TroubleLogTest {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(TroubleLog.class);

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Scheduler timer = Schedulers.newSingle("test-trouble", true);
  private final Assembly assembly =
      new Assembly(
          new AgentTelemetry(new SimpleMeterRegistry(), Clock.systemUTC()), timer, new Random(1));
  private final ScriptedDelivery delivery = new ScriptedDelivery("out");
  private final AtomicLong nanos = new AtomicLong(17);
  private final TroubleLog troubles = new TroubleLog(assembly, CLOCK, nanos::get);

  TroubleLogTest() {
    assembly.destination("out", "test_output", (n, l) -> delivery, Disposables.disposed());
  }

  @BeforeEach
  void listen() {
    appender.start();
    LOGGER.setLevel(Level.INFO);
    LOGGER.setAdditive(false);
    LOGGER.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(appender);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
    timer.dispose();
  }

  private NodeTelemetry out() {
    return assembly.nodes().findFirst().orElseThrow();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    appender.list.forEach(e -> lines.add(e.getLevel() + " " + e.getFormattedMessage()));
    appender.list.clear();
    return lines;
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
    troubles.tick();
  }

  @Test
  void tellsOfDropsAtOnceAndThenOnceAMinute() {
    troubles.tick();
    assertThat(lines()).isEmpty();

    out().onDropped("overflow_newest", 5, 100);
    after(Duration.ofSeconds(1));
    assertThat(lines())
        .containsExactly("WARN out: 5 items dropped: overflow_newest: the queue is full");

    out().onDropped("overflow_newest", 7, 100);
    after(Duration.ofSeconds(30));
    assertThat(lines()).isEmpty();
    after(Duration.ofSeconds(30));
    assertThat(lines())
        .containsExactly(
            "WARN out: 7 more items dropped: overflow_newest, the last at 2026-01-02T03:04:05Z, when"
                + " the queue was full");

    after(Duration.ofMinutes(5));
    assertThat(lines()).isEmpty();
  }

  /** The queue is empty again when the line is written. */
  @Test
  void tellsLaterOfALimitWithTheFiguresOfTheDrop() {
    delivery.queue = new QueueStatistics(9, 3_900, 4_000_000, 4_000_000, 8, 9, 0, 0, 0, false);
    out().onDropped("overflow_newest", 5, 100);
    after(Duration.ofSeconds(1));
    out().onDropped("overflow_newest", 2430, 100);
    after(Duration.ofSeconds(1));
    delivery.queue = new QueueStatistics(0, 0, 8_256, 4_000_000, 8, 9, 0, 0, 0, false);
    after(Duration.ofSeconds(60));

    String figures = "full, with 4.0MB of 4.0MB (persistent_queue.max_byte_size)";
    assertThat(lines())
        .containsExactly(
            "WARN out: 5 items dropped: overflow_newest: the queue is " + figures,
            "WARN out: 2430 more items dropped: overflow_newest, the last at 2026-01-02T03:04:05Z,"
                + " when the queue was "
                + figures);
  }

  @Test
  void tellsAtTheEndOfWhatNoLineHasToldOf() {
    out().onDropped("expired", 5, 100);
    troubles.tick();
    out().onDropped("expired", 1, 20);
    out().onDropped("stopped", 2, 40);
    troubles.end();

    assertThat(lines())
        .containsExactly(
            "WARN out: 5 items dropped: expired",
            "WARN out: 1 more item dropped: expired",
            "WARN out: 2 items dropped: stopped");
  }

  @Test
  void isSilentAboutWhatAFilterTakesOut() {
    out().onDropped("filtered", 5, 100);
    troubles.end();

    assertThat(lines()).isEmpty();
  }

  @Test
  void tellsOfDeadLetters() {
    delivery.deadLettered = 3;
    troubles.tick();

    assertThat(lines()).containsExactly("WARN out: 3 items dead-lettered");
  }

  @Test
  void countsOneItemAsOne() {
    delivery.deadLettered = 1;
    troubles.tick();

    assertThat(lines()).containsExactly("WARN out: 1 item dead-lettered");
  }

  @Test
  void tellsOnceOfAReceiverThatFailsWithoutAQueue() {
    delivery.why = "connection refused";
    troubles.tick();
    after(Duration.ofMinutes(5));
    assertThat(lines())
        .containsExactly(
            "WARN out: connection refused; 0 items wait in memory, since it has no persistent_queue");

    delivery.why = null;
    troubles.tick();
    assertThat(lines()).containsExactly("INFO out: it is well again");
  }

  @Test
  void leavesChangesOfStateToTheDelivery() {
    delivery.state = DeliveryState.PAUSED;
    delivery.why = "answered 401";
    troubles.tick();

    assertThat(lines()).isEmpty();
  }
}
