package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look into queues: what they print and how they end. */
class QueueReadingCommandsTest {

  @TempDir Path temp;

  private final CommandRun run = new CommandRun();

  private Path data() {
    return temp.resolve("data");
  }

  private Path queue() {
    return data().resolve("backend");
  }

  private Path config() throws IOException {
    return Files.writeString(
        temp.resolve("pipeline.yaml"),
        """
        version: v3
        nodes:
          - name: in
            type: demo_input
          - name: out
            type: http_output
            endpoint: http://127.0.0.1:9/
            persistent_queue:
              path: %s
        links:
          - from: in
            to: out
        """
            .formatted(queue()));
  }

  /** One frame each: {"n":0} and so on. */
  static void fill(Path directory, int records) throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory))) {
      for (int i = 0; i < records; i++) {
        byte[] line = ("{\"n\":" + i + "}\n").getBytes(StandardCharsets.UTF_8);
        queue
            .append(RecordBatch.of(line))
            .toCompletableFuture()
            .orTimeout(30, TimeUnit.SECONDS)
            .join();
      }
    }
  }

  static void deliver(Path directory, int records) throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory))) {
      for (int i = 0; i < records; i++) {
        Lease lease = queue.lease(1, 1 << 20);
        if (lease != null) {
          lease.acknowledge();
        }
      }
    }
  }

  /** Flips a bit of the only segment, in the record of the given number. */
  static void damage(Path directory, int record) throws IOException {
    Path segment = directory.resolve("0000000000000000000.seg");
    byte[] content = Files.readAllBytes(segment);
    content[40 + record * (44 + 4 + 8) + 50] ^= 1;
    Files.write(segment, content);
  }

  @Test
  void ls_listsTheQueuesOfTheFile_andOrphans() throws IOException {
    fill(queue(), 3);
    deliver(queue(), 1);
    fill(data().resolve("renamed"), 2);
    Files.createDirectories(data().resolve("something-else"));

    int exitCode =
        run.execute("queue", "ls", "-c", config().toString(), "--data-dir", data().toString());

    assertThat(exitCode).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(5).last().asString().startsWith("together 1");
    assertThat(run.out())
        .containsPattern("out +2 .* backlog +no +" + queue())
        .containsPattern("out \\(dead letters\\) +- .* not made +no ")
        .containsPattern("\\(orphan\\) +2 .* orphaned +no +" + data().resolve("renamed"));
  }

  @Test
  void ls_comparesTheSumWithTheDiskBudget() throws IOException {
    fill(queue(), 3);
    Path config = config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("nodes:", "settings: {disk_budget: {max_byte_size: 5MB}}\nnodes:"));

    run.execute("queue", "ls", "-c", config.toString(), "--data-dir", data().toString());

    assertThat(run.out().lines())
        .last()
        .isEqualTo("together 8.5 kB on disk, of 5.0 MB (disk_budget.max_byte_size): 5.0 MB left");
  }

  @Test
  void ls_json_isOneObject() throws IOException {
    fill(queue(), 3);

    assertThat(run.execute("queue", "ls", "--json", data().toString())).isZero();

    assertThat(run.out())
        .startsWith("{\"queues\":[{\"kind\":\"directory\",\"directory\":\"" + queue() + "\"")
        .contains("\"state\":\"backlog\"", "\"in_use\":false", "\"records\":3")
        .containsPattern("}],\"disk_bytes\":8\\d{3}}\n$");
  }

  @Test
  void stat_tellsRecordsAndNumbers() throws IOException {
    fill(queue(), 3);
    deliver(queue(), 1);

    assertThat(run.execute("queue", "stat", "-c", config().toString(), "out")).isZero();

    assertThat(run.out())
        .contains(
            "2 to be delivered", "delivered below 1, next is 3", "1 segment", "max_byte_size");
  }

  @Test
  void stat_ofAQueueInUse_namesTheProcess() throws IOException {
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(queue()))) {
      assertThat(open.statistics().records()).isZero();
      assertThat(run.execute("queue", "stat", queue().toString())).isZero();
    }
    assertThat(run.out()).contains("by process " + ProcessHandle.current().pid());
  }

  @Test
  void check_ofASoundQueue_isZero() throws IOException {
    fill(queue(), 3);

    assertThat(run.execute("queue", "check", queue().toString())).isZero();

    assertThat(run.out()).contains("well", "3 sound frames");
  }

  @Test
  void check_ofADamagedQueue_isOne_andNamesThePlaceAndTheMend() throws IOException {
    fill(queue(), 3);
    damage(queue(), 1);

    assertThat(run.execute("queue", "check", queue().toString())).isEqualTo(1);

    assertThat(run.out())
        .contains("DAMAGED", "0000000000000000000.seg at offset 96, 56 B", "records 1 to 1")
        .contains("forebay queue repair " + queue());
  }

  @Test
  void check_json_tellsEachDamage() throws IOException {
    fill(queue(), 3);
    damage(queue(), 1);

    assertThat(run.execute("queue", "check", "--json", queue().toString())).isEqualTo(1);

    assertThat(run.out())
        .contains("\"well\":false", "\"lost_records\":1", "\"offset\":96", "\"from_sequence\":1");
  }

  @Test
  void check_ofWhatIsNoQueue_isTwo() throws IOException {
    Files.createDirectories(data());

    assertThat(run.execute("queue", "check", data().toString())).isEqualTo(2);
    assertThat(run.execute("queue", "check", temp.resolve("none").toString())).isEqualTo(2);

    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("holds no queue", "there is no directory")
        .doesNotContain("\tat ");
  }

  @Test
  void check_withoutAName_takesAllOfTheFile() throws IOException {
    fill(queue(), 3);

    int exitCode =
        run.execute("queue", "check", "-c", config().toString(), "--data-dir", data().toString());

    assertThat(exitCode).isZero();
    assertThat(run.out()).startsWith("out: well");
  }

  @Test
  void unknownNode_isAnsweredWithThoseThereAre() throws IOException {
    assertThat(run.execute("queue", "stat", "-c", config().toString(), "ouch")).isEqualTo(2);

    assertThat(run.err()).contains("no node 'ouch'", "nodes that have one: out");
  }

  @Test
  void cat_printsUndeliveredRecords() throws IOException {
    fill(queue(), 5);
    deliver(queue(), 1);

    assertThat(run.execute("queue", "cat", queue().toString())).isZero();

    assertThat(run.out()).isEqualTo("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
  }

  @Test
  void cat_withNumbersAndExpression_printsThose() throws IOException {
    fill(queue(), 12);

    int exitCode =
        run.execute(
            "queue", "cat", queue().toString(), "--from", "1", "--to", "10", "--grep", ":1\\d?}");

    assertThat(exitCode).isZero();
    assertThat(run.out()).isEqualTo("{\"n\":1}\n{\"n\":10}\n");
  }

  @Test
  void cat_since_leavesOutWhatIsOlder() throws IOException {
    fill(queue(), 2);

    assertThat(run.execute("queue", "cat", queue().toString(), "--since", "2100-01-01")).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.execute("queue", "cat", queue().toString(), "--since", "1h")).isZero();
    assertThat(run.out().lines()).hasSize(2);
  }

  @Test
  void cat_all_printsWhatWasDelivered_too() throws IOException {
    fill(queue(), 3);
    deliver(queue(), 1);

    assertThat(run.execute("queue", "cat", "--all", queue().toString())).isZero();

    assertThat(run.out().lines()).hasSize(3);
  }

  @Test
  void cat_json_givesNumberAndTime() throws IOException {
    fill(queue(), 1);

    assertThat(run.execute("queue", "cat", "--json", queue().toString())).isZero();

    assertThat(run.out())
        .matches("\\{\"sequence\":0,\"appended_at\":\\d+,\"record\":\\{\"n\":0}}\n");
  }

  @Test
  void cat_ofADamagedQueue_printsTheRest_andSaysWhatIsMissing() throws IOException {
    fill(queue(), 3);
    damage(queue(), 1);

    assertThat(run.execute("queue", "cat", queue().toString())).isEqualTo(1);

    assertThat(run.out()).isEqualTo("{\"n\":0}\n{\"n\":2}\n");
    assertThat(run.err()).contains("checksum", "records 1 to 1");
  }

  @Test
  void badOptions_areUsageErrors_withoutAStackTrace() throws IOException {
    fill(queue(), 1);

    assertThat(run.execute("queue", "cat", queue().toString(), "--grep", "(")).isEqualTo(2);
    assertThat(run.execute("queue", "cat", queue().toString(), "--since", "soon")).isEqualTo(2);
    assertThat(run.execute("queue", "cat", queue().toString(), "--from", "x")).isEqualTo(2);
    assertThat(run.execute("queue")).isEqualTo(2);

    assertThat(run.err())
        .contains(
            "no regular expression",
            "no duration",
            "'--from': must be a whole number, not 'x'",
            "Commands:")
        .doesNotContain("\tat ");
  }
}
