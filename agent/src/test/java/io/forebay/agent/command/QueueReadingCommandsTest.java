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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that look into queues: what they print and how they end. */
class QueueReadingCommandsTest {

  @TempDir Path temp;

  private CommandRun run = new CommandRun();

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
    fill(data().resolve("dead-letters").resolve("gone"), 1);
    Files.createDirectories(data().resolve("something-else"));

    int exitCode =
        run.execute("queue", "ls", "-c", config().toString(), "--data-dir", data().toString());

    assertThat(exitCode).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(7).last().asString().startsWith("together ");
    assertThat(run.out())
        .containsPattern("out +2 .* backlog +no +" + queue())
        .containsPattern("out \\(dead letters\\) +- .* not made +no ")
        .containsPattern("gone \\(orphan, dead letters\\) +1 .* orphaned +no ")
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
        .isEqualTo(
            "together 8.5 kB on disk, of 5.0 MB (disk_budget.max_byte_size): 3.8 MB left for any"
                + " queue, 1.2 MB more set aside for those below their share");
  }

  /** The path is not there, but an agent's list of its queues says that it should be. */
  private void agentHadAQueueAt(Path directory, String kind) throws IOException {
    Files.createDirectories(data());
    Files.writeString(
        data().resolve("queues.ndjson"),
        "{\"directory\":\"%s\",\"kind\":\"%s\",\"node\":\"out\",\"type\":\"http_output\",\"opened_at\":1735789700000}\n"
            .formatted(directory, kind));
  }

  private int inAll(String... command) throws IOException {
    List<String> args = new ArrayList<>(List.of("queue"));
    args.addAll(List.of(command));
    args.addAll(List.of("-c", config().toString(), "--data-dir", data().toString()));
    return run.execute(args.toArray(String[]::new));
  }

  @Test
  void ls_saysWhatIsLeftForEachQueue_ofItsOwnBoundAndOfTheBudget() throws IOException {
    fill(queue(), 3);
    fill(data().resolve("dead-letters").resolve("out"), 1);
    Path orphan = data().resolve("renamed");
    fill(orphan, 2);
    Files.write(orphan.resolve("damaged-0"), new byte[3_400_000]);
    Path config = config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("nodes:", "settings: {disk_budget: {max_byte_size: 5MB}}\nnodes:")
            .replace("path: " + queue(), "path: " + queue() + "\n      max_byte_size: 1MB"));

    run.execute("queue", "ls", "-c", config.toString(), "--data-dir", data().toString());
    run.execute(
        "queue", "stat", "-c", config.toString(), "--data-dir", data().toString(), "out", "--json");

    assertThat(run.out())
        .containsPattern("QUEUE .* ON DISK +LEFT +OLDEST")
        .containsPattern("out +3 .*kB +958 kB ")
        .containsPattern("out \\(dead letters\\) +1 .*kB +958 kB ")
        .containsPattern("\\(orphan\\) +2 .* MB +- ")
        .contains(": 342 kB left for any queue, 1.2 MB more set aside")
        .containsPattern("\"left_bytes\":95\\d{4},\"left_until\":\"disk_budget.max_byte_size\"");
  }

  @Test
  void ls_withoutAFile_namesQueuesAsTheAgentKnewThem() throws IOException {
    fill(queue(), 1);
    agentHadAQueueAt(queue(), "queue");

    assertThat(run.execute("queue", "ls", "--data-dir", data().toString())).isZero();

    assertThat(run.out()).containsPattern("\nout +1 .* " + queue()).doesNotContain("LEFT");
  }

  @Test
  void notesOnTheFile_areValidatesAndRuns() throws IOException {
    Path config = config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("nodes:", "settings: {disk_budget: {max_byte_size: 2MB}}\nnodes:"));

    assertThat(run.execute("queue", "check", "-c", config.toString())).isZero();
    assertThat(run.err()).isEmpty();

    assertThat(run.execute("validate", config.toString())).isZero();
    assertThat(run.err()).contains("note: ");
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
    assertThat(run.out())
        .startsWith("out: well")
        .contains("out (dead letters): no queue at " + data().resolve("dead-letters"));
  }

  @Test
  void check_ofAQueueThatWasNeverMade_isWell_andSaysSo() throws IOException {
    assertThat(inAll("check")).isZero();
    assertThat(inAll("check", "out", "--json")).isZero();

    assertThat(run.out())
        .startsWith("out: no queue at " + queue() + " yet\n")
        .contains("no agent has run with the data directory " + data() + ", so nobody knows")
        .endsWith("\"directory\":\"" + queue() + "\",\"state\":\"absent\",\"well\":true}\n");
  }

  @Test
  void check_ofAQueueThatIsGone_isTwo_andTheOthersAreCheckedAllTheSame() throws IOException {
    fill(data().resolve("dead-letters").resolve("out"), 1);
    agentHadAQueueAt(queue(), "queue");

    assertThat(inAll("check")).isEqualTo(2);

    assertThat(run.out()).startsWith("out (dead letters): well").doesNotContain("nobody knows");
    assertThat(run.err())
        .startsWith(
            "forebay: out: " + queue() + " holds no queue, though the agent that started at")
        .contains("2025-01-02T03:48:20Z had one there; mount its disk");
  }

  @Test
  void check_ofAnEmptyMountPoint_isTwo_throughSymbolicLinksToo() throws IOException {
    Path disk = Files.createDirectories(temp.resolve("disk"));
    Files.createDirectories(data());
    Files.createSymbolicLink(queue(), disk);
    agentHadAQueueAt(disk.toRealPath(), "queue");

    assertThat(inAll("check", "out", "--json")).isEqualTo(2);
    assertThat(run.out()).contains("\"state\":\"missing\",\"well\":false,\"trouble\":\"" + queue());
    Files.delete(disk);
    assertThat(inAll("stat", "out")).isEqualTo(2);
    assertThat(inAll("cat", "out")).isEqualTo(2);
    assertThat(inAll("ls")).isEqualTo(2);
    assertThat(run.err().lines().filter(line -> line.contains("had one there"))).hasSize(3);
    assertThat(run.out()).containsPattern("out .* missing +no ");
  }

  @Test
  void check_ofAQueueThatBeganInPlaceOfOneThatWasMissing_saysSo_asDoLsAndValidate()
      throws IOException {
    fill(queue(), 1);
    agentHadAQueueAt(queue(), "queue");
    Path list = data().resolve("queues.ndjson");
    String line = Files.readString(list);
    long missed = System.currentTimeMillis() - 60_000;
    String told =
        line.replace(
            "}", ",\"missed_at\":%d,\"missed_opened_at\":1735789700000}".formatted(missed));
    Files.writeString(list, told);

    assertThat(inAll("check")).isZero();
    assertThat(inAll("ls")).isZero();
    assertThat(run.out().lines().filter(text -> text.contains("began empty at")))
        .hasSize(2)
        .allMatch(
            text -> text.contains("as the one was missing that the agent started at 2025-01-02"));
    assertThat(inAll("check", "out", "--json")).isZero();
    assertThat(run.out()).contains("\"note\":\"this queue began empty at ");
    String[] validate = {"validate", config().toString(), "--data-dir", data().toString()};
    assertThat(run.execute(validate)).as(run.err()).isZero();
    assertThat(run.err()).contains("forebay: warning: out: this queue began empty at ");

    run = new CommandRun();
    Files.writeString(list, told.replace(Long.toString(missed), "1735789800000")); // long ago
    assertThat(inAll("check")).isZero();
    assertThat(run.out()).doesNotContain("began empty");
  }

  @Test
  void validate_warnsOfAQueueThatIsMissing_andOfNoneThatWasNeverMade() throws IOException {
    agentHadAQueueAt(queue(), "queue");
    String[] validate = {"validate", config().toString(), "--data-dir", data().toString()};

    assertThat(run.execute(validate)).as(run.err()).isZero();
    assertThat(run.err())
        .contains("forebay: warning: out: " + queue() + " holds no queue, though the agent");

    run = new CommandRun();
    Path list = data().resolve("queues.ndjson");
    Files.writeString(list, Files.readString(list).replace("}", ",\"seen\":false}"));
    assertThat(run.execute(validate)).isZero();
    assertThat(run.err()).doesNotContain("holds no queue");
    assertThat(inAll("check")).isZero();
  }

  @Test
  void ls_inADataDirectoryThatNoAgentRanWith_saysSo() throws IOException {
    String note = "no agent has run with the data directory " + data();

    assertThat(inAll("ls")).isZero();
    assertThat(run.out()).contains(note);
    run = new CommandRun();
    assertThat(inAll("dead-letters", "ls")).isZero();
    assertThat(run.out()).contains("no dead letters", note);

    Files.createDirectories(data());
    Files.createFile(data().resolve("queues.ndjson"));
    run = new CommandRun();
    assertThat(inAll("ls")).isZero();
    assertThat(inAll("dead-letters", "ls")).isZero();
    assertThat(run.out()).doesNotContain("no agent has run");
  }

  @Test
  void check_ofDeadLettersThatNeverCame_isWell() throws IOException {
    agentHadAQueueAt(data().resolve("dead-letters").resolve("out"), "dead_letters");

    assertThat(inAll("check")).isZero();
  }

  @Test
  void check_ofAWrongName_goesOnWithTheOthers() throws IOException {
    fill(queue(), 1);

    assertThat(inAll("check", "ouch", "out")).isEqualTo(2);

    assertThat(run.out()).startsWith("out: well");
    assertThat(run.err()).contains("no node 'ouch'");
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from 1.5|must be a whole number, not ",
        "--from 99999999999999999999|must be a whole number of 64 bits",
        "--from -1|--from -1: numbers begin with 0",
        "--to -1|--to -1: numbers begin with 0",
        "--from 3 --to 1|--from 3 is above --to 1: no record lies between them",
        "--follow --to 5|leave out one of them",
        "--since -5m|is no time",
        "--since 5|or a time such as 2026-01-31T08:00:00Z",
        "--since 2026-13-01|is no time",
        "--since +999999999-01-01|is no time",
        "--since 2026-11-22T25:00:00Z|is no time"
      })
  void cat_refusesWhatCanMeanNoRecord(String options, String message) throws IOException {
    List<String> args = new ArrayList<>(List.of("queue", "cat", queue().toString()));
    args.addAll(List.of(options.split(" ")));

    assertThat(run.execute(args.toArray(String[]::new))).isEqualTo(2);

    assertThat(run.err()).contains(message, "see: forebay queue cat --help");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void deadLettersCat_refusesTwoFormsAtOnce() {
    assertThat(run.execute("queue", "dead-letters", "cat", "--items", "--json", "x")).isEqualTo(2);
    assertThat(run.err()).contains("leave out one");
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
