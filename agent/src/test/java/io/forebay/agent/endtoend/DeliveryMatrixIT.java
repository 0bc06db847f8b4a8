package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.RecordingReceiver.Conduct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each mode, with and without strict ordering, from a source that replays and from a client that
 * retries: through every way in which a receiver fails, two kills and an orderly stop, nothing is
 * lost, only what was not acknowledged comes twice, and strict ordering keeps the order.
 */
@Execution(ExecutionMode.CONCURRENT)
class DeliveryMatrixIT {

  // The cursor and the queue's frontier are noted within a second of an acknowledgement; the rest
  // is for a loaded machine.
  private static final long NOTED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final long seed = Long.getLong("forebay.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir private Path directory;

  static Stream<Arguments> cases() {
    return Stream.of("error", "backpressure", "always")
        .flatMap(
            mode ->
                Stream.of(false, true)
                    .flatMap(
                        strict ->
                            Stream.of("file", "http")
                                .map(source -> Arguments.of(mode, strict, source))));
  }

  @ParameterizedTest(name = "{0}, strict_ordering {1}, {2}")
  @MethodSource("cases")
  void nothingIsLost(String mode, boolean strict, String source) throws Exception {
    int sourcePort = AgentProcess.freePort();
    Path log = directory.resolve("app.log");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory, pipeline(mode, strict, source, sourcePort, log, receiver.port()))) {
      agent.start();
      Feeder feeder = source.equals("file") ? Feeder.file(log, 8) : Feeder.http(sourcePort, 4);
      feeder.start();
      try {
        awaitArrivals(receiver, 500);
        for (Conduct fault : faults()) {
          receiver.conduct(fault);
          Thread.sleep(900);
          receiver.conduct(RecordingReceiver.TAKE);
          awaitArrivals(receiver, receiver.arrivals().distinct() + 1);
        }
        receiver.down();
        Thread.sleep(300 + random.nextInt(900));
        agent.kill();
        agent.start();
        Thread.sleep(600);
        assertThat(agent.stop())
            .as("exit code of an orderly stop in the outage; %s", agent.logTail())
            .isZero();
        agent.start();
        Thread.sleep(600);
        receiver.up();
        Thread.sleep(50 + random.nextInt(1200));
        agent.kill();
        agent.start();
        Thread.sleep(300);
      } finally {
        int last = feeder.finish();
        try {
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(50))
              .until(() -> receiver.arrivals().distinct() >= last);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
          receiver.arrivals().assertNothingLost(last);
        }
        receiver.arrivals().assertNothingLost(last);
      }
      if (strict) {
        receiver.arrivals().assertInOrder();
      }
      receiver
          .arrivals()
          .assertOnlyUnacknowledgedRepeated(
              agent.kills(), feeder::offeredAtNanos, NOTED_WITHIN_NANOS);
      Awaitility.await("no backlog is left")
          .atMost(Duration.ofSeconds(10))
          .until(() -> agent.metric("ed_buffer_disk_bytes") == 0);
      assertThat(agent.stop()).isZero();
    } catch (AssertionError | Exception e) {
      throw new AssertionError("seed " + seed + "; log: " + directory.resolve("agent.log"), e);
    }
  }

  private static List<Conduct> faults() {
    return List.of(
        new Conduct.Refuse(503, ""),
        new Conduct.Refuse(429, "Retry-After: 1\r\n"),
        new Conduct.Refuse(500, ""),
        new Conduct.Hang(),
        new Conduct.CloseMidResponse());
  }

  private static void awaitArrivals(RecordingReceiver receiver, int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> receiver.arrivals().distinct() >= count);
  }

  private String pipeline(
      String mode, boolean strict, String source, int sourcePort, Path log, int receiverPort)
      throws IOException {
    String input =
        source.equals("file")
            ? """
              - name: in
                type: file_input
                path: %s
                discovery_interval: 200ms
              """
                .formatted(log)
            : """
              - name: in
                type: http_input
                listen: 127.0.0.1
                port: %d
              """
                .formatted(sourcePort);
    return """
        version: v3
        settings:
          tag: matrix
          item_buffer_flush_interval: 50ms
        nodes:
        %s
        - name: out
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          batch_size: 200
          parallel_worker_count: %d
          request_timeout: 1s
          retry:
            initial_interval: 100ms
            max_interval: 500ms
          persistent_queue:
            path: %s
            mode: %s
            max_byte_size: 100MB
            drain_rate_limit: 6000
            strict_ordering: %s
        links:
        - from: in
          to: out
        """
        .formatted(
            input.indent(0).stripTrailing(),
            receiverPort,
            strict ? 1 : 3,
            directory.resolve("queue"),
            mode,
            strict);
  }
}
