package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands on queues, in processes of their own, beside an agent and after its end. */
@Timeout(120)
class QueueCommandsIT {

  @TempDir private Path directory;

  private record Result(int exitCode, String out, String err) {}

  private Result forebay(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("forebay.launcher")));
    command.addAll(List.of(arguments));
    return run(new ProcessBuilder(command));
  }

  private Result run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = directory.resolve("command.out");
    Path err = directory.resolve("command.err");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Result result =
        new Result(
            process.exitValue(),
            Files.readString(out, StandardCharsets.UTF_8),
            Files.readString(err, StandardCharsets.UTF_8));
    assertThat(result.err()).doesNotContain("\tat ");
    return result;
  }

  private static void postOn(Posting posting) {
    try {
      for (int to = 600; to <= 3_000; to += 100) {
        posting.postAll(to);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void besideAnAgent_thenAfterAKill_untilAllIsDelivered() throws Exception {
    int port = AgentProcess.freePort();
    String queue = directory.resolve("queue").toString();
    String config = directory.resolve("pipeline.yaml").toString();
    String data = directory.resolve("data").toString();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port,
                    receiver.port(),
                    directory.resolve("queue"),
                    "mode: always\nsegment_size: 16KiB"))) {
      receiver.down();
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 120);
      posting.postAll(500);

      CompletableFuture<Void> posted = CompletableFuture.runAsync(() -> postOn(posting));
      for (int i = 0; i < 3; i++) {
        Result check = forebay("queue", "check", queue);
        assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
        assertThat(check.out()).contains("well");
      }
      Result purge = forebay("queue", "purge", "--yes", queue);
      assertThat(purge.exitCode()).isEqualTo(1);
      assertThat(purge.err()).contains("in use by process " + agent.pid(), "stop the agent");
      posted.get(30, TimeUnit.SECONDS);

      Result cat = forebay("queue", "cat", "-c", config, "out");
      assertThat(cat.exitCode()).isZero();
      assertThat(cat.out().lines()).hasSize(3_000);
      Result list = forebay("queue", "ls", "-c", config, "--data-dir", data);
      assertThat(list.out()).containsPattern("out +3,000 .* backlog +pid " + agent.pid());
      Result piped =
          run(
              new ProcessBuilder(
                  "bash",
                  "-c",
                  "\"$0\" queue cat \"$1\" | head -n 1; exit ${PIPESTATUS[0]}",
                  System.getProperty("forebay.launcher"),
                  queue));
      assertThat(piped.exitCode()).isZero();
      assertThat(piped.out().lines()).hasSize(1);
      assertThat(piped.err()).isEmpty();

      agent.kill();
      assertThat(forebay("queue", "check", queue).exitCode()).isZero();
      Result drain =
          forebay(
              "queue",
              "drain",
              "-c",
              config,
              "--node",
              "out",
              "--data-dir",
              data,
              "--timeout",
              "1s");
      assertThat(drain.exitCode()).isEqualTo(1);
      assertThat(drain.out()).contains("3,000 left in the queue", "connection refused");

      receiver.up();
      drain = forebay("queue", "drain", "-c", config, "--node", "out", "--data-dir", data);
      assertThat(drain.exitCode()).as(drain.out() + drain.err()).isZero();
      assertThat(drain.out()).contains("3,000 delivered", "0 left in the queue");
      receiver.arrivals().assertNothingLost(3_000);
      assertThat(receiver.arrivals().duplicates()).isZero();
    }
  }

  @Test
  void anOrphan_isFound_adopted_andDelivered() throws Exception {
    int port = AgentProcess.freePort();
    String config = directory.resolve("pipeline.yaml").toString();
    String data = directory.resolve("data").toString();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port, receiver.port(), Path.of(data, "old-name"), "mode: always"))) {
      receiver.down();
      agent.listeningOn(port).start();
      new Posting(port, 120).postAll(400);
      agent.kill();

      Files.writeString(
          directory.resolve("pipeline.yaml"),
          Outage.pipeline(port, receiver.port(), Path.of(data, "new-name"), "mode: always"));
      Result list = forebay("queue", "ls", "-c", config, "--data-dir", data);
      assertThat(list.out()).containsPattern("\\(orphan\\) +400 .*old-name");
      Result adopt =
          forebay("queue", "adopt", "-c", config, Path.of(data, "old-name").toString(), "out");
      assertThat(adopt.exitCode()).as(adopt.err()).isZero();

      receiver.up();
      agent.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.arrivals().distinct() >= 400);
      receiver.arrivals().assertNothingLost(400);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void anOrphanOutsideOfTheDataDirectory_isSaidByTheAgent_untilItIsPurged() throws Exception {
    int port = AgentProcess.freePort();
    Path config = directory.resolve("pipeline.yaml");
    Path old = directory.resolve("elsewhere/old-queue");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory, Outage.pipeline(port, receiver.port(), old, "mode: always"))) {
      receiver.down();
      agent.listeningOn(port).start();
      new Posting(port, 120).postAll(300);
      agent.kill();

      String renamed =
          Outage.pipeline(port, receiver.port(), directory.resolve("new-queue"), "mode: always")
              .replace("name: out", "name: renamed")
              .replace("to: out", "to: renamed")
              .replace("settings:", "settings:\n  disk_budget: {max_byte_size: 50MB}");
      Files.writeString(config, renamed);
      agent.start();

      assertThat(agent.metric("forebay_orphaned_queue_records")).isEqualTo(300);
      double bytes = agent.metric("forebay_orphaned_queue_bytes");
      assertThat(bytes).isPositive();
      assertThat(agent.metric("forebay_disk_budget_used_bytes")).isGreaterThan(bytes);
      assertThat(agent.get("/api/status"))
          .contains("\"orphaned_queues\":[{\"kind\":\"queue\",\"node\":\"out\"", "old-queue");
      assertThat(agent.status("/health/ready")).isEqualTo(200);
      String said = "forebay queue adopt -c FILE " + old.toRealPath() + " NODE";
      Awaitility.await().until(() -> agent.logTail().contains(said));
      String list =
          forebay(
                  "queue",
                  "ls",
                  "-c",
                  config.toString(),
                  "--data-dir",
                  directory.resolve("data").toString())
              .out();
      assertThat(list).containsPattern("out \\(orphan\\) +300 .* orphaned +no +.*old-queue");

      assertThat(forebay("queue", "purge", "--yes", "--directory", old.toString()).exitCode())
          .isZero();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> agent.metric("forebay_orphaned_queue_records") == 0);
      assertThat(agent.metric("forebay_disk_budget_used_bytes")).isLessThan(bytes);
      assertThat(agent.logTail().split("adopt -c FILE", -1)).hasSize(2);
      assertThat(agent.stop()).isZero();
    }
  }
}
