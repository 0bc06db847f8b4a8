package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.SickDisk;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of the host is set, by hours, while records wait that may become an hour old. */
class ClockJumpTest {

  private static final SendResult DOWN = new SendResult.Retry("503 Service Unavailable");

  private final SickDisk disk = new SickDisk();
  private final Harness h = new Harness();

  private void start() {
    h.mode = Mode.ERROR;
    h.batchSize = 5;
    h.maxAge = Duration.ofHours(1);
    h.realQueue =
        options ->
            disk.open(
                options, (task, delay) -> h.time.schedule(task, delay, TimeUnit.MILLISECONDS));
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("before", 200);
    h.pass(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT5H", "PT-5H", "PT500000H"})
  void noRecordBecomesOlderOrYounger(Duration jump) {
    start();
    h.wallOffset = jump;
    h.offerMany("after", 200);
    h.pass(Duration.ofMinutes(30));
    assertThat(h.snapshot().queue().records()).isEqualTo(400);
    assertThat(h.events.dropped).isEmpty();

    h.wallOffset = Duration.ZERO;
    h.pass(Duration.ofMinutes(45));
    assertThat(h.snapshot().queue().records())
        .as("they grow old all the same, but for what is read already")
        .isLessThanOrEqualTo(16 * 5);
    assertThat(h.events.dropped).containsOnlyKeys("max_age");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT5H", "PT-5H"})
  void attemptsGoOn(Duration jump) {
    start();
    h.wallOffset = jump;
    h.destination.answer(ScriptedDestination.delivered());
    h.pass(Duration.ofMinutes(3));
    assertThat(h.destination.taken).hasSize(200);
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }
}
