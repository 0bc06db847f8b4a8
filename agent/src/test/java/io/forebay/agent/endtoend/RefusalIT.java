package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.RecordingReceiver.Conduct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that refuses us is waited for; one that refuses an item gets all the others. */
class RefusalIT {

  @TempDir private Path directory;

  @Test
  void unauthorizedForTenSecondsLosesNothing() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port, receiver.port(), directory.resolve("queue"), "mode: error"))) {
      receiver.conduct(new Conduct.Refuse(401, "WWW-Authenticate: Bearer\r\n"));
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      posting.postAll(3_000);
      Awaitility.await("readiness fails while the receiver refuses us")
          .atMost(Duration.ofSeconds(5))
          .until(() -> agent.status("/health/ready") == 503);
      assertThat(agent.get("/health/ready")).contains("401").contains("out");
      Thread.sleep(10_000);
      posting.postAll(4_000);

      receiver.conduct(RecordingReceiver.TAKE);
      Awaitility.await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> receiver.arrivals().distinct() >= 4_000);
      receiver.arrivals().assertNothingLost(4_000);
      assertThat(receiver.arrivals().duplicates()).isZero();
      assertThat(agent.metric("forebay_delivery_dead_lettered_items_total", "node=\"out\""))
          .isIn(0.0, Double.NaN);
      assertThat(agent.metric("forebay_dropped_items_total", "node=\"out\"")).isIn(0.0, Double.NaN);
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> agent.status("/health/ready") == 200);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void oneBadItemInAThousandIsTheOnlyOneThatIsNotDelivered() throws Exception {
    int port = AgentProcess.freePort();
    int bad = 617;
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port, receiver.port(), directory.resolve("queue"), "mode: error"))) {
      receiver.conductBy(
          numbers ->
              IntStream.of(numbers).anyMatch(number -> number == bad)
                  ? new Conduct.Refuse(400, "")
                  : RecordingReceiver.TAKE);
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      assertThat(posting.post(1_000, Duration.ofSeconds(20))).isEqualTo(200);

      assertThat(receiver.arrivals().distinct()).isEqualTo(999);
      assertThat(receiver.arrivals().has(bad)).isFalse();
      assertThat(receiver.arrivals().duplicates()).isZero();
      assertThat(agent.metric("forebay_delivery_dead_lettered_items_total", "node=\"out\""))
          .isEqualTo(1);
      assertThat(agent.stop()).isZero();
    }
    assertThat(DeadLetters.read(directory.resolve("data").resolve("dead-letters").resolve("out")))
        .singleElement()
        .asString()
        .contains("SEQ=0000000617")
        .contains("400");
  }
}
