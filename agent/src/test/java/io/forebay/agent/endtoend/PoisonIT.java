package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.RecordingReceiver.Conduct;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver that answers 500 to one item in ten thousand, and takes all others. */
@Timeout(180)
class PoisonIT {

  private static final int BAD = 6_170;
  private static final int ITEMS = 10_000;

  @TempDir private Path directory;

  private String pipeline(int port, int receiverPort, String queueKeys) {
    return Outage.pipeline(port, receiverPort, directory.resolve("queue"), queueKeys)
        .replace("retry:\n", "retry:\n    isolate_after_attempts: 3\n");
  }

  private static Conduct failingOnTheBad(int[] numbers) {
    return IntStream.of(numbers).anyMatch(number -> number == BAD)
        ? new Conduct.Refuse(500, "")
        : RecordingReceiver.TAKE;
  }

  private String forebay(int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(System.getProperty("forebay.launcher")));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-c", directory.resolve("pipeline.yaml").toString()));
    command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
    Path out = directory.resolve("command.out");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isEqualTo(exitCode);
    return text;
  }

  private static void assertBooksAreEven(AgentProcess agent) {
    String node = "node=\"out\"";
    assertThat(agent.metric("forebay_delivery_received_items_total", node))
        .isEqualTo(
            agent.metric("forebay_delivery_delivered_items_total", node)
                + agent.metric("forebay_delivery_dead_lettered_items_total", node)
                + agent.metric("forebay_delivery_dropped_items_total", node)
                + agent.metric("forebay_delivery_buffered_items", node));
  }

  /** New data, ten lines at a time, until all numbers but the bad one came and it is a letter. */
  private static int postUntilIsolated(Posting posting, AgentProcess agent) {
    Awaitility.await("the bad item is a dead letter")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              posting.post(10, Duration.ofSeconds(20));
              return agent.metric("forebay_delivery_dead_lettered_items_total", "node=\"out\"")
                  == 1;
            });
    return posting.last();
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "backpressure", "always"})
  void theBadItemIsADeadLetter_alsoAfterAKill_andCanBeReplayed(String mode) throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(port, receiver.port(), "mode: " + mode))) {
      receiver.conductBy(PoisonIT::failingOnTheBad);
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      posting.postAll(ITEMS);
      Awaitility.await("the bad item is set aside")
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  posting.post(10, Duration.ofSeconds(20)) == 200
                      && agent.metric("forebay_delivery_held_back_items", "node=\"out\"") > 0);
      assertThat(agent.get("/api/status")).contains("held back", "answered 500");
      assertThat(agent.status("/health/ready")).isEqualTo(200);

      agent.kill();
      agent.start();
      int last = postUntilIsolated(posting, agent);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.arrivals().distinct() == last - 1);
      assertThat(receiver.arrivals().has(BAD)).isFalse();
      assertBooksAreEven(agent);
      assertThat(agent.metric("forebay_dropped_items_total", "node=\"out\"")).isIn(0.0, Double.NaN);
      assertThat(agent.stop()).isZero();

      assertThat(forebay(0, "queue", "dead-letters", "ls"))
          .contains("1 dead letter", "poison: ", "answered 500");
      assertThat(forebay(0, "queue", "dead-letters", "cat", "out"))
          .contains("SEQ=0000006170", "\"attempts\":");
      assertThat(forebay(0, "queue", "dead-letters", "replay", "out")).contains("1 item back");
      receiver.conduct(RecordingReceiver.TAKE);
      agent.start();
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> receiver.arrivals().has(BAD));
      receiver.arrivals().assertNothingLost(last);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void amongSparseLinesItIsADeadLetterSoon_andTheLogStaysShort() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(port, receiver.port(), "mode: error"))) {
      receiver.conductBy(
          numbers ->
              IntStream.of(numbers).anyMatch(number -> number == 3)
                  ? new Conduct.Refuse(500, "")
                  : RecordingReceiver.TAKE);
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      Awaitility.await("the bad line is a dead letter")
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(650))
          .until(
              () -> {
                posting.post(1, Duration.ofSeconds(20));
                return agent.metric("forebay_delivery_dead_lettered_items_total", "node=\"out\"")
                    == 1;
              });
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.arrivals().distinct() == posting.last() - 1);
      assertBooksAreEven(agent);
      assertThat(agent.logTail()).contains("-> DIRECT: 1 item is held back");
      assertThat(agent.logTail().split("StateTracker", -1)).hasSizeLessThanOrEqualTo(10);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void aDrainWithoutOtherDataDeliversTheRest_andEnds() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(port, receiver.port(), "mode: always"))) {
      receiver.down();
      agent.listeningOn(port).start();
      new Posting(port, 120).postAll(200);
      agent.kill();
      receiver.conductBy(
          numbers ->
              IntStream.of(numbers).anyMatch(number -> number == 137)
                  ? new Conduct.Refuse(500, "")
                  : RecordingReceiver.TAKE);
      receiver.up();
      assertThat(forebay(1, "queue", "drain", "--node", "out"))
          .contains("199 delivered, 0 to the dead letters, 0 dropped, 1 left in the queue: ")
          .contains("; ended, for all that is left failed again and again, one by one");
      assertThat(receiver.arrivals().distinct()).isEqualTo(199);
    }
  }

  @Test
  void inStrictOrderItBlocks_healthNamesIt_andSkipIsTheWayOut() throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                pipeline(port, receiver.port(), "mode: always\nstrict_ordering: true"))) {
      receiver.conductBy(PoisonIT::failingOnTheBad);
      agent.listeningOn(port).start();
      new Posting(port, 120).postAll(ITEMS);
      Awaitility.await("all before the bad item came, and health names it")
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  receiver.arrivals().distinct() == BAD - 1
                      && agent.get("/health/ready").contains("1 item of sequence " + (BAD - 1)));
      assertThat(agent.status("/health/ready")).isEqualTo(503);
      assertThat(agent.get("/health/ready"))
          .contains("\"blocked\"", "queue skip -c FILE out --to " + (BAD - 1));
      assertThat(agent.metric("forebay_delivery_held_back_items", "node=\"out\"")).isEqualTo(1);
      assertThat(agent.logTail()).contains("strict_ordering keeps all that follows waiting");
      assertBooksAreEven(agent);
      assertThat(agent.stop()).isZero();

      assertThat(forebay(0, "queue", "skip", "out", "--to", "" + (BAD - 1), "--yes"))
          .contains("1 record moved to");
      agent.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> receiver.arrivals().distinct() == ITEMS - 1);
      receiver.arrivals().assertInOrder();
      assertThat(receiver.arrivals().has(BAD)).isFalse();
      assertThat(agent.stop()).isZero();
      assertThat(forebay(0, "queue", "dead-letters", "cat", "out"))
          .contains("SEQ=0000006170", "skipped by an operator");
    }
  }
}
