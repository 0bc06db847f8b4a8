package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.RecordingReceiver.Conduct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that is slow but not down. */
class SlowReceiverIT {

  @TempDir private Path directory;

  @Test
  void inErrorModeTheSourcesSlowDownAndNothingSpills() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                fanOut("tcp_input", port, receiver.port(), receiver.port(), "error", false))) {
      // 100 items a request, a tenth of a second each: 1,000 items a second.
      receiver.conduct(new Conduct.Take(100));
      agent.listeningOn(port).start();
      int offered = 20_000;
      LineSender sender = new LineSender(port, offered);
      sender.start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
      while (System.nanoTime() < end) {
        assertThat(agent.metric("ed_buffer_disk_bytes")).isZero();
        assertThat(agent.metric("forebay_delivery_memory_items", "node=\"slow\""))
            .isLessThanOrEqualTo(4_000);
        Thread.sleep(200);
      }
      assertThat(receiver.arrivals().distinct()).as("arrived in four seconds").isLessThan(6_000);

      receiver.conduct(RecordingReceiver.TAKE);
      sender.join();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.arrivals().distinct() >= offered);
      receiver.arrivals().assertNothingLost(offered);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void inBackpressureModeItSpillsAndTheFastSiblingKeepsItsRate() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver slow = new RecordingReceiver();
        RecordingReceiver fast = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                fanOut("tcp_input", port, slow.port(), fast.port(), "backpressure", true))) {
      slow.conduct(new Conduct.Take(100));
      agent.listeningOn(port).start();
      int offered = 60_000;
      LineSender sender = new LineSender(port, offered);
      long begun = System.nanoTime();
      sender.start();
      Awaitility.await("the fast sibling has everything")
          .atMost(Duration.ofSeconds(15))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> fast.arrivals().distinct() >= offered);
      double seconds = (System.nanoTime() - begun) / 1e9;
      // Slowed to its sibling's rate it would take a minute.
      assertThat(seconds).isLessThan(15);
      assertThat(slow.arrivals().distinct()).isLessThan(offered / 2);
      assertThat(agent.metric("ed_buffer_disk_bytes", "slow")).isPositive();

      slow.conduct(RecordingReceiver.TAKE);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> slow.arrivals().distinct() >= offered);
      slow.arrivals().assertNothingLost(offered);
      fast.arrivals().assertNothingLost(offered);
      assertThat(slow.arrivals().duplicates()).isZero();
      Awaitility.await("the queue returns to zero")
          .atMost(Duration.ofSeconds(5))
          .until(() -> agent.metric("ed_buffer_disk_bytes", "slow") == 0);
      assertThat(agent.stop()).isZero();
    }
  }

  private String fanOut(
      String source, int port, int slowPort, int fastPort, String mode, boolean sibling) {
    String fast =
        """
        - name: fast
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
        """
            .formatted(fastPort);
    return """
        version: v3
        settings:
          item_buffer_flush_interval: 50ms
        nodes:
        - name: in
          type: %s
          listen: 127.0.0.1
          port: %d
        - name: slow
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          batch_size: 100
          parallel_worker_count: 1
          memory_buffer:
            size: 2000
          persistent_queue:
            path: %s
            mode: %s
        %slinks:
        - from: in
          to: slow
        %s"""
        .formatted(
            source,
            port,
            slowPort,
            directory.resolve("queue"),
            mode,
            sibling ? fast : "",
            sibling ? "- from: in\n  to: fast\n" : "");
  }
}
