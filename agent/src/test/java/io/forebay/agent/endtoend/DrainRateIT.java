package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainRateIT {

  private static final int BACKLOG = 20_000;
  private static final int RATE = 1_000;

  @TempDir private Path directory;

  @Test
  void theBacklogDrainsAtItsRateWhileNewDataFlowsAtItsOwn() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port,
                    receiver.port(),
                    directory.resolve("queue"),
                    "mode: error\ndrain_rate_limit: " + RATE))) {
      receiver.down();
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      posting.postAll(BACKLOG);
      assertThat(agent.metric("ed_buffer_disk_bytes")).isPositive();

      receiver.up();
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> receiver.arrivals().distinct() > 0);
      long begun = System.nanoTime();
      int before = receiver.arrivals().distinct();
      // New data, 400 lines every tenth of a second: four times the rate of the drain, answered
      // when it has been delivered.
      int live = 0;
      while (backlogArrived(receiver) < BACKLOG) {
        assertThat(posting.post(400, Duration.ofSeconds(2)))
            .as("new data flows while the backlog drains")
            .isEqualTo(200);
        live += 400;
        Thread.sleep(60);
        assertThat(System.nanoTime() - begun)
            .as("drain ends")
            .isLessThan(TimeUnit.SECONDS.toNanos(40));
      }
      double seconds = (System.nanoTime() - begun) / 1e9;

      assertThat(seconds)
          .isBetween(
              (BACKLOG - before) / (double) RATE * 0.9, (BACKLOG - before) / (double) RATE * 1.1);
      assertThat(live / seconds).as("lines/s of new data").isGreaterThan(RATE * 2.0);
      int last = posting.last();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> receiver.arrivals().distinct() >= last);
      receiver.arrivals().assertNothingLost(last);
      assertThat(agent.stop()).isZero();
    }
  }

  private static int backlogArrived(RecordingReceiver receiver) {
    int count = 0;
    for (int i = 1; i <= BACKLOG; i++) {
      if (receiver.arrivals().has(i)) {
        count++;
      }
    }
    return count;
  }
}
