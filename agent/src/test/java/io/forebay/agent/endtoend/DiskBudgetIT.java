package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One bound over the queues of several destinations, in an outage of all of them. */
@Timeout(120)
class DiskBudgetIT {

  private static final long BUDGET = 4_000_000;
  private static final int LINES = 24_000;

  @TempDir private Path directory;

  private String pipeline(int noisyPort, int quietPort, int receiver) throws IOException {
    Path queues = Files.createDirectories(directory.resolve("data"));
    return """
        version: v3
        settings:
          item_buffer_flush_interval: 50ms
          disk_budget: {max_byte_size: %d}
        nodes:
        - {name: noisy-in, type: http_input, listen: 127.0.0.1, port: %d}
        - {name: quiet-in, type: http_input, listen: 127.0.0.1, port: %d}
        - name: noisy
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          request_timeout: 2s
          retry: {initial_interval: 100ms, max_interval: 400ms}
          persistent_queue: {path: %s, mode: always}
        - name: quiet
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          request_timeout: 2s
          retry: {initial_interval: 100ms, max_interval: 400ms}
          persistent_queue: {path: %s, mode: always}
        links:
        - {from: noisy-in, to: noisy}
        - {from: quiet-in, to: quiet}
        """
        .formatted(
            BUDGET,
            noisyPort,
            quietPort,
            receiver,
            queues.resolve("noisy"),
            receiver,
            queues.resolve("quiet"));
  }

  @Test
  void theSumStaysWithinTheBudget_andTheQuietQueueKeepsItsShare() throws Exception {
    int noisyPort = AgentProcess.freePort();
    int quietPort = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(noisyPort, quietPort, receiver.port()));
        Sampler disk = new Sampler(directory.resolve("data"))) {
      receiver.down();
      agent.listeningOn(quietPort).start();
      new Posting(noisyPort, 250).postAll(LINES);

      double refused = dropped(agent, "noisy");
      assertThat(refused).isPositive();
      assertThat(agent.metric("forebay_disk_budget_bytes")).isEqualTo(BUDGET);
      assertThat(agent.metric("forebay_disk_budget_spent")).isEqualTo(1);
      assertThat(agent.metric("forebay_disk_budget_used_bytes")).isBetween(BUDGET / 2.0, 4e6);
      assertThat(agent.get("/api/status")).contains("\"spent\":\"budget\"");
      assertThat(agent.get("/health/ready")).contains("\"code\":\"disk_budget\"");
      String words = "the disk budget is spent: queues and dead letters take ";
      assertThat(agent.get("/health/ready"))
          .containsPattern(
              "\"node\":\"noisy\",\"code\":\"overflowing\",\"message\":\""
                  + "the disk budget (is|was) spent: queues and dead letters (take|took) "
                  + "[^\"]*\\(disk_budget.max_byte_size\\)[^\"]*; \\d+ items? (was|were) dropped since");
      Awaitility.await("the log tells why, once a second")
          .until(() -> agent.logTail().contains(" dropped: disk_budget: " + words));
      Awaitility.await("the log says so, which looks once a second")
          .until(() -> agent.logTail().contains("the disk budget is spent"));

      Posting quiet = new Posting(quietPort, 250);
      quiet.postAll(500);
      assertThat(dropped(agent, "quiet")).isZero();

      receiver.up();
      Awaitility.await("both queues drain")
          .atMost(Duration.ofSeconds(40))
          .until(() -> agent.metric("ed_buffer_disk_bytes") == 0);
      assertThat(agent.metric("forebay_delivery_delivered_items_total", "node=\"noisy\""))
          .isEqualTo(LINES - dropped(agent, "noisy"));
      assertThat(agent.metric("forebay_delivery_delivered_items_total", "node=\"quiet\""))
          .isEqualTo(500);
      Awaitility.await("it is well again")
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  agent.metric("forebay_disk_budget_spent") == 0
                      && agent.logTail().contains("the disk budget has room again"));
      assertThat(disk.highest()).as("bytes on disk").isBetween(BUDGET / 2, BUDGET);
      assertThat(agent.stop()).isZero();
    }
  }

  private static double dropped(AgentProcess agent, String node) {
    double items =
        agent.metric(
            "forebay_dropped_items_total", "node=\"" + node + "\"", "reason=\"disk_budget\"");
    return Double.isNaN(items) ? 0 : items;
  }

  /** Adds up the files of the queues again and again. */
  private static final class Sampler implements AutoCloseable {
    private final AtomicLong highest = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    Sampler(Path directory) {
      Thread thread = new Thread(() -> sample(directory.toFile()), "disk-use");
      thread.setDaemon(true);
      thread.start();
    }

    long highest() {
      return highest.get();
    }

    private void sample(File directory) {
      while (!closed.get()) {
        highest.accumulateAndGet(
            sizeOf(new File(directory, "noisy")) + sizeOf(new File(directory, "quiet")), Math::max);
        LockSupport.parkNanos(1_000_000);
      }
    }

    private static long sizeOf(File queue) {
      File[] files = queue.listFiles();
      long sum = 0;
      for (File file : files == null ? new File[0] : files) {
        sum += file.length();
      }
      return sum;
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }
}
