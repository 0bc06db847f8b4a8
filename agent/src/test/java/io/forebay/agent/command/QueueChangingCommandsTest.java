package io.forebay.agent.command;

import static io.forebay.agent.command.QueueReadingCommandsTest.damage;
import static io.forebay.agent.command.QueueReadingCommandsTest.deliver;
import static io.forebay.agent.command.QueueReadingCommandsTest.fill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change queues: what they do, print and refuse. */
class QueueChangingCommandsTest {

  @TempDir Path temp;

  private CommandRun run = new CommandRun();

  private Path queue() {
    return temp.resolve("backend");
  }

  private Path data() {
    return temp.resolve("data");
  }

  private Path letters() {
    return data().resolve("dead-letters").resolve("out");
  }

  private String config() throws IOException {
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
                .formatted(queue()))
        .toString();
  }

  private int execute(String... args) {
    run = new CommandRun();
    return run.execute(args);
  }

  private String cat(Path directory) {
    CommandRun cat = new CommandRun();
    assertThat(cat.execute("queue", "cat", directory.toString())).as(cat.err()).isZero();
    return cat.out();
  }

  private void bury(int n, String reason) throws IOException {
    String letter =
        "{\"dead_letter\":{\"node\":\"out\",\"reason\":\"%s\",\"attempts\":3,\"at\":1735789700000},\"item\":{\"n\":%d}}\n"
            .formatted(reason, n);
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(letters()))) {
      queue
          .append(RecordBatch.of(letter.getBytes(StandardCharsets.UTF_8)))
          .toCompletableFuture()
          .orTimeout(30, TimeUnit.SECONDS)
          .join();
    }
  }

  @Test
  void import_keepsToTheDiskBudget_andSaysSo() throws IOException {
    Path config = Path.of(config());
    Files.writeString(
        config,
        Files.readString(config)
            .replace("nodes:", "settings: {disk_budget: {max_byte_size: 4MB}}\nnodes:"));
    Path file = temp.resolve("lines.ndjson");
    Files.writeString(file, ("{\"body\":\"" + "x".repeat(1_000) + "\"}\n").repeat(6_000));

    int exitCode = execute("queue", "import", "-c", config.toString(), "out", file.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(run.err()).contains("out: it is full (settings.disk_budget). ", " imported, ");
    Matcher goOn =
        Pattern.compile(
                "([\\d,]+) records imported, ([\\d,]+) lines left. To go on: forebay (queue import -c \\S+ --skip (\\d+) out \\S+)\n")
            .matcher(run.err());
    assertThat(goOn.find()).as(run.err()).isTrue();
    int imported = Integer.parseInt(goOn.group(1).replace(",", ""));
    assertThat(cat(queue()).lines()).hasSize(imported);
    assertThat(goOn.group(4)).isEqualTo(Integer.toString(imported));
    assertThat(goOn.group(2).replace(",", "")).isEqualTo(Integer.toString(6_000 - imported));
    assertThat(execute("queue", "purge", "--yes", queue().toString())).isZero();
    assertThat(imported).isGreaterThan(3_000); // and not only whole batches of 1 MiB
    while (execute(goOn.group(3).split(" ")) != 0) {
      goOn.reset(run.err());
      assertThat(goOn.find()).as(run.err()).isTrue();
      imported += Integer.parseInt(goOn.group(1).replace(",", ""));
      assertThat(execute("queue", "purge", "--yes", queue().toString())).isZero();
    }
    assertThat(imported + cat(queue()).lines().count()).isEqualTo(6_000);
  }

  @Test
  void exportAndImport_giveTheSameRecords_withAndWithoutNumbers() throws IOException {
    fill(queue(), 5);
    deliver(queue(), 1);
    String before = cat(queue());
    for (String form : new String[] {"", "--numbered"}) {
      Path file = temp.resolve("out" + form + ".ndjson");
      Path other = temp.resolve("other" + form);
      fill(other, 0);

      assertThat(
              form.isEmpty()
                  ? execute("queue", "export", queue().toString(), file.toString())
                  : execute("queue", "export", form, queue().toString(), file.toString()))
          .as(run.err())
          .isZero();
      assertThat(execute("queue", "import", other.toString(), file.toString()))
          .as(run.err())
          .isZero();

      assertThat(run.out()).contains("4 records imported");
      assertThat(cat(other)).isEqualTo(before);
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(cat(queue())).isEqualTo(before);
  }

  @Test
  void skip_movesWhatIsInFrontToTheDeadLetters_andReplayBringsItBack() throws IOException {
    fill(queue(), 5);
    deliver(queue(), 1);
    String before = cat(queue());
    String[] skip = {"queue", "skip", "-c", config(), "--data-dir", data().toString(), "out"};

    run = new CommandRun().answering("n\n");
    assertThat(run.execute(with(skip, "--to", "2"))).as(run.err()).isEqualTo(1);
    assertThat(run.out()).contains("nothing was moved");
    assertThat(cat(queue())).isEqualTo(before);

    assertThat(execute(with(skip, "--to", "2", "--yes"))).as(run.err()).isZero();
    assertThat(run.out()).contains("out: 2 records moved to " + letters());
    assertThat(cat(queue()).lines()).containsExactlyElementsOf(before.lines().skip(2).toList());
    assertThat(cat(letters())).contains("skipped by an operator", "\"node\":\"out\"");
    assertThat(execute(with(skip, "--to", "2", "--yes"))).isZero();
    assertThat(run.out()).contains("no record up to number 2 waits");

    assertThat(
            execute(
                "queue",
                "dead-letters",
                "replay",
                "-c",
                config(),
                "--data-dir",
                data().toString(),
                "out"))
        .as(run.err())
        .isZero();
    assertThat(cat(queue()).lines()).containsExactlyInAnyOrderElementsOf(before.lines().toList());
  }

  @Test
  void skip_toANumberThatIsYetToCome_isRefused() throws IOException {
    fill(queue(), 5);
    String[] skip = {"queue", "skip", "-c", config(), "--data-dir", data().toString(), "out"};

    assertThat(execute(with(skip, "--to", "5", "--yes"))).isEqualTo(2);
    assertThat(run.err()).contains("out: there is no record 5; the last that came is 4");
    assertThat(cat(queue()).lines()).hasSize(5);
    assertThat(letters()).doesNotExist();
    assertThat(execute(with(skip, "--to", "4", "--yes"))).as(run.err()).isZero();
    assertThat(cat(queue())).isEmpty();
  }

  private void agentHadTheQueue(String more) throws IOException {
    Files.createDirectories(data());
    Files.writeString(
        data().resolve("queues.ndjson"),
        "{\"directory\":\"%s\",\"kind\":\"queue\",\"node\":\"out\",\"type\":\"http_output\",\"opened_at\":1735789700000%s}\n"
            .formatted(queue(), more));
  }

  @Test
  void importAndReplay_intoAQueueThatIsMissing_areRefused() throws IOException {
    agentHadTheQueue("");
    bury(1, "refused");
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n");
    String[] where = {"-c", config(), "--data-dir", data().toString(), "out"};

    assertThat(execute(with(with(new String[] {"queue", "import"}, where), file.toString())))
        .isEqualTo(2);
    assertThat(run.err())
        .contains("out: " + queue() + " holds no queue, though the agent that started at 2025-");
    String[] replay = with(new String[] {"queue", "dead-letters", "replay"}, where);
    assertThat(execute(replay)).isEqualTo(2);
    assertThat(execute(with(replay, "--into", "out"))).isEqualTo(2);
    assertThat(run.err()).contains("had one there; mount its disk");
    assertThat(queue()).doesNotExist();
    assertThat(cat(letters()).lines()).hasSize(1);
  }

  @Test
  void aQueueThatBeganEmpty_isToldNoMore_whenItIsPurgedOrTheOtherIsAdopted() throws IOException {
    Path found = temp.resolve("found");
    String began = ",\"missed_at\":%d,\"missed_opened_at\":1".formatted(System.currentTimeMillis());
    String[] where = {"-c", config(), "--data-dir", data().toString()};
    String[] adopt = with(with(new String[] {"queue", "adopt"}, where), found.toString(), "out");
    String[] purge = with(with(new String[] {"queue", "purge"}, where), "out", "--yes");
    for (String[] command : new String[][] {adopt, purge}) {
      fill(queue(), 1);
      fill(found, 2);
      agentHadTheQueue(began);
      assertThat(execute(with(new String[] {"queue", "check"}, where))).isZero();
      assertThat(run.out()).contains("began empty");

      assertThat(execute(command)).as(run.err()).isZero();

      assertThat(execute(with(new String[] {"queue", "check"}, where))).isZero();
      assertThat(run.out()).contains("out: well").doesNotContain("began empty");
    }
  }

  @Test
  void skip_wantsANode_andRefusesAQueueInUse() throws IOException {
    fill(queue(), 2);
    assertThat(execute("queue", "skip", queue().toString(), "--to", "0", "--yes")).isEqualTo(2);
    assertThat(run.err()).contains("name it with -c, and the destination");
    try (PersistentQueue held = PersistentQueue.open(QueueOptions.of(queue()))) {
      assertThat(held.statistics().records()).isEqualTo(2);
      assertThat(
              execute(
                  "queue",
                  "skip",
                  "-c",
                  config(),
                  "--data-dir",
                  data().toString(),
                  "out",
                  "--to",
                  "0",
                  "--yes"))
          .isEqualTo(1);
      assertThat(run.err()).contains("in use by");
    }
  }

  private static String[] with(String[] command, String... more) {
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return all;
  }

  @Test
  void recordsThatAreNoJson_surviveExportAndImport() throws IOException {
    byte[] bytes = {0, (byte) 0xff, '\n', 'x'};
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(queue()))) {
      queue.append(RecordBatch.of(bytes)).toCompletableFuture().join();
    }
    Path file = temp.resolve("file");
    Path other = temp.resolve("other");
    fill(other, 0);

    assertThat(execute("queue", "export", "--numbered", queue().toString(), file.toString()))
        .isZero();
    assertThat(execute("queue", "import", other.toString(), file.toString())).isZero();

    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(other))) {
      assertThat(queue.lease(1, 100))
          .satisfies(
              lease ->
                  assertThat(
                          java.util.Arrays.copyOfRange(
                              lease.bytes(), lease.offset(0), lease.offset(0) + lease.length(0)))
                      .isEqualTo(bytes));
    }
  }

  @Test
  void export_doesNotOverwrite() throws IOException {
    fill(queue(), 1);
    Path file = Files.writeString(temp.resolve("file"), "precious");

    assertThat(execute("queue", "export", queue().toString(), file.toString())).isEqualTo(2);

    assertThat(run.err()).contains(file + " is there already");
    assertThat(file).hasContent("precious");
    assertThat(temp.resolve("file.partial")).doesNotExist();
  }

  @Test
  void export_intoADirectoryThatIsNotThere_namesIt() throws IOException {
    fill(queue(), 1);

    String file = temp.resolve("none/file").toString();
    assertThat(execute("queue", "export", queue().toString(), file)).isEqualTo(2);

    assertThat(run.err()).contains("there is no directory " + temp.resolve("none") + "\n");
  }

  @Test
  void import_intoANode_makesItsQueue() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n\n{\"a\":2}");

    assertThat(execute("queue", "import", "-c", config(), "out", file.toString()))
        .as(run.err())
        .isZero();

    assertThat(cat(queue())).isEqualTo("{\"a\":1}\n{\"a\":2}\n");
  }

  @Test
  void import_ofAWrongLine_saysWhichAndHowToGoOn() throws IOException {
    fill(queue(), 0);
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n{\"a\":2\n{\"a\":3}\n");

    assertThat(execute("queue", "import", queue().toString(), file.toString())).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "line 2 is no JSON object",
            ". 1 record imported, 2 lines left. To go on: forebay queue import --skip 1 "
                + queue()
                + " "
                + file)
        .doesNotContain("\tat ");
    Files.writeString(file, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    assertThat(execute("queue", "import", "--skip", "1", queue().toString(), file.toString()))
        .isZero();

    assertThat(cat(queue())).isEqualTo("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
  }

  @Test
  void import_ofWhatIsNoFile_isAUsageError_andMakesNothing() throws IOException {
    String config = config();
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n");
    for (String wrong : new String[] {temp.toString(), temp.resolve("none").toString()}) {
      assertThat(execute("queue", "import", "-c", config, "out", wrong)).isEqualTo(2);
      assertThat(run.err()).contains(wrong).doesNotContain("--skip");
    }
    for (String skip : new String[] {"2", "-1", "x"}) {
      assertThat(execute("queue", "import", "-c", config, "--skip", skip, "out", file.toString()))
          .isEqualTo(2);
      assertThat(run.err()).contains("--skip");
    }
    assertThat(queue()).doesNotExist();
    assertThat(execute("queue", "import", "-c", config, "--skip", "1", "out", file.toString()))
        .isZero();
    assertThat(run.out()).contains("0 records imported");
  }

  @Test
  void import_refuses_whileTheQueueIsOpen() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n");
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(queue()))) {
      assertThat(execute("queue", "import", queue().toString(), file.toString())).isEqualTo(1);
      assertThat(open.statistics().records()).isZero();
    }
    assertThat(run.err()).contains("is in use by", "stop the agent");
  }

  @Test
  void repair_saysFirst_asks_andKeepsTheBytes() throws IOException {
    fill(queue(), 3);
    damage(queue(), 1);

    assertThat(execute("queue", "repair", queue().toString())).isEqualTo(2);
    assertThat(run.out()).contains("records 1 to 1", "1 record cannot be read");
    assertThat(run.err()).contains("--yes");
    assertThat(execute("queue", "check", queue().toString())).isEqualTo(1);

    run = new CommandRun().answering("yes\n");
    assertThat(run.execute("queue", "repair", queue().toString())).as(run.err()).isZero();

    Path kept = temp.resolve("backend-damaged/damaged-0000000000000000000.seg-96");
    assertThat(run.out()).contains("repaired, 1 record left out", "kept: " + kept);
    assertThat(kept).hasSize(56);
    assertThat(execute("queue", "check", queue().toString())).isZero();
    assertThat(execute("queue", "repair", queue().toString())).isZero();
    assertThat(run.out()).contains("nothing to repair");
    assertThat(cat(queue())).isEqualTo("{\"n\":0}\n{\"n\":2}\n");
  }

  @Test
  void repair_refuses_whileTheQueueIsOpen_thoughThereIsNothingToDo_butADryRunReads()
      throws IOException {
    fill(queue(), 3);
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(queue()))) {
      assertThat(execute("queue", "repair", "--yes", queue().toString())).isEqualTo(1);
      assertThat(run.err()).contains("is in use by process ", "Nothing was changed");
      assertThat(execute("queue", "repair", "--dry-run", queue().toString())).isZero();
      assertThat(run.out()).contains("nothing to repair");
      assertThat(open.statistics().records()).isEqualTo(3);
    }
    damage(queue(), 1);
    assertThat(execute("queue", "repair", "--dry-run", queue().toString())).isEqualTo(1);
    assertThat(temp.resolve("backend-damaged")).doesNotExist();
  }

  @Test
  void aQueueOfAnotherUser_isChangedWithAWarning() throws IOException {
    fill(queue(), 1);
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may give files away");
    Files.setOwner(
        queue(),
        queue().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThat(execute("queue", "repair", queue().toString())).isZero();

    assertThat(run.err()).contains(queue() + " belongs to user nobody", "sudo -u nobody forebay");
  }

  @Test
  void purge_asks_andSaysWhatItRemoved() throws IOException {
    fill(queue(), 3);

    assertThat(execute("queue", "purge", queue().toString())).isEqualTo(2);
    run = new CommandRun().answering("no\n");
    assertThat(run.execute("queue", "purge", queue().toString())).isEqualTo(1);
    assertThat(run.err()).contains("3 undelivered records").contains("will be lost");
    assertThat(cat(queue()).lines()).hasSize(3);

    assertThat(execute("queue", "purge", "--yes", queue().toString())).isZero();

    assertThat(run.out()).contains("removed 3 undelivered records, 1 file, ");
    assertThat(cat(queue())).isEmpty();
  }

  @Test
  void purge_refuses_whileTheQueueIsOpen_alsoWithYes() throws IOException {
    fill(queue(), 3);
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(queue()))) {
      assertThat(execute("queue", "purge", "--yes", queue().toString())).isEqualTo(1);
      assertThat(open.statistics().records()).isEqualTo(3);
    }
    assertThat(run.err())
        .contains("is in use by process ", "stop the agent", "Nothing was changed");
    assertThat(cat(queue()).lines()).hasSize(3);
  }

  @Test
  void adopt_intoANode_takesTheOrphanOver() throws IOException {
    Path orphan = temp.resolve("old-name");
    fill(orphan, 3);

    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isZero();

    assertThat(run.out()).contains(orphan + " is now " + queue() + ": 3 records");
    assertThat(orphan).doesNotExist();
    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isZero();
    assertThat(cat(queue()).lines()).hasSize(3);
  }

  @Test
  void adopt_ofWhatIsNoQueue_saysWhereItLooked_andWhatMayBeMeant() throws IOException {
    fill(temp.resolve("old-name"), 3);
    Path empty = Files.createDirectory(temp.resolve("empty"));
    String config = config();
    String data = data().toString();

    for (String from : new String[] {temp.resolve("old-nam").toString(), "old-nam"}) {
      assertThat(execute("queue", "adopt", "-c", config, "--data-dir", data, from, "out"))
          .isEqualTo(2);
      assertThat(run.err()).contains("no queue '" + from + "'", config, data + "/queues.ndjson");
      assertThat(queue()).doesNotExist();
    }
    assertThat(execute("queue", "adopt", "-c", config, temp.resolve("old-nam").toString(), "out"))
        .isEqualTo(2);
    assertThat(run.err()).contains("did you mean " + temp.resolve("old-name") + "?");
    assertThat(execute("queue", "adopt", "-c", config, empty.toString(), "out")).isEqualTo(2);
    assertThat(run.err()).contains(empty + " holds no queue");
    assertThat(empty).isEmptyDirectory();
    assertThat(queue()).doesNotExist();
  }

  @Test
  void adopt_findsAQueueByTheNameThatItsNodeHad() throws IOException {
    Path orphan = temp.resolve("elsewhere");
    fill(orphan, 3);
    Path real = orphan.toRealPath();
    Files.createDirectories(data());
    Files.writeString(
        data().resolve("queues.ndjson"),
        "{\"directory\":\"%s\",\"kind\":\"queue\",\"node\":\"was\",\"type\":\"http_output\",\"opened_at\":1}\n"
            .formatted(real));
    String[] adopt = {"queue", "adopt", "-c", config(), "--data-dir", data().toString()};

    assertThat(execute(with(adopt, "wass", "out"))).isEqualTo(2);
    assertThat(run.err()).contains("did you mean was?");
    assertThat(execute(with(adopt, "was", "out"))).as(run.err()).isZero();
    assertThat(run.out()).contains(real + " is now " + queue() + ": 3 records");
    assertThat(execute(with(adopt, "was", "out"))).as(run.err()).isZero();
    assertThat(run.out()).contains("was taken over into " + queue(), "nothing is left to do");
  }

  @Test
  void purgeOfADirectory_makesItUnknown_soThatNobodyMissesIt() throws IOException {
    fill(queue(), 3);
    Files.createDirectories(data());
    String line =
        "{\"directory\":\"%s\",\"kind\":\"queue\",\"node\":\"%s\",\"type\":\"http_output\",\"opened_at\":1}\n";
    Path list = data().resolve("queues.ndjson");
    Path other = temp.toRealPath().resolve("other");
    Files.writeString(
        list, line.formatted(queue().toRealPath(), "out") + line.formatted(other, "other"));
    String[] in = {"-c", config(), "--data-dir", data().toString()};

    assertThat(execute(with(new String[] {"queue", "purge", "out", "--yes", "--directory"}, in)))
        .isZero();

    assertThat(execute(with(new String[] {"queue", "check"}, in))).as(run.err()).isZero();
    assertThat(list).content().contains("other").doesNotContain("\"out\"");
  }

  @Test
  void adopt_ofADamagedQueue_saysWhatIsKept() throws IOException {
    Path orphan = temp.resolve("old-name");
    fill(orphan, 3);
    damage(orphan, 1);
    fill(queue(), 1);

    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isEqualTo(1);

    assertThat(run.out())
        .contains(
            "was added to " + queue() + ": 2 records; 1 record could not be read; " + orphan,
            " stays, without records, for what else is in it: damaged-");
    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isZero();
    assertThat(run.out()).contains(orphan + " was empty");
    assertThat(execute("queue", "purge", "--directory", "--yes", orphan.toString())).isZero();
    assertThat(orphan).doesNotExist();
  }

  @Test
  void adopt_intoAQueueThatIsFull_saysHowMuchIsLeft_once() throws IOException {
    Path file = temp.resolve("lines.ndjson");
    Files.writeString(file, ("{\"body\":\"" + "x".repeat(1_000) + "\"}\n").repeat(3_000));
    Path orphan = Files.createDirectory(temp.resolve("old-name"));
    assertThat(execute("queue", "import", orphan.toString(), file.toString())).isZero();
    Path config = Path.of(config());
    Files.writeString(
        config, Files.readString(config).replace("path:", "max_byte_size: 1MB\n      path:"));
    fill(queue(), 1);

    assertThat(execute("queue", "adopt", "-c", config.toString(), orphan.toString(), "out"))
        .isEqualTo(1);

    assertThat(run.err())
        .startsWith("forebay: " + queue() + " is full after ")
        .contains("the rest stays in " + orphan + ". Make room, or raise max_byte_size");
    Files.writeString(config, Files.readString(config).replace("1MB", "20MB"));
    assertThat(execute("queue", "adopt", "-c", config.toString(), orphan.toString(), "out"))
        .as(run.err())
        .isZero();
    assertThat(cat(queue()).lines()).hasSize(3_001);
  }

  @Test
  void adopt_ofDeadLetters_intoADestinationsQueue_isRefused() throws IOException {
    bury(1, "answered 400");

    assertThat(execute("queue", "adopt", "-c", config(), letters().toString(), "out")).isEqualTo(2);

    assertThat(run.err()).contains("dead-letters replay " + letters() + " --into out");
    assertThat(cat(letters()).lines()).hasSize(1);
    assertThat(queue()).doesNotExist();
  }

  @Test
  void adopt_ofAnEmptyQueue_saysSo() throws IOException {
    Path orphan = temp.resolve("old-name");
    fill(orphan, 0);
    fill(queue(), 2);

    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isZero();

    assertThat(run.out()).contains(orphan + " was empty, and nothing was added to " + queue());
    assertThat(orphan).doesNotExist();
    assertThat(execute("queue", "adopt", "-c", config(), orphan.toString(), "out")).isZero();
    assertThat(run.out()).contains("nothing is left to do. It holds 2 undelivered records");
    assertThat(execute("queue", "purge", "--yes", "--directory", queue().toString())).isZero();
    assertThat(queue()).doesNotExist();
  }

  @Test
  void whatNodesDoNotName_isNotMade() throws IOException {
    fill(queue(), 2);
    Path file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n");
    Path mistyped = temp.resolve("mistyped");
    bury(1, "answered 400");

    assertThat(execute("queue", "import", mistyped.toString(), file.toString())).isEqualTo(2);
    assertThat(execute("queue", "adopt", queue().toString(), mistyped.toString())).isEqualTo(2);
    assertThat(
            execute(
                "queue",
                "dead-letters",
                "replay",
                letters().toString(),
                "--into",
                mistyped.toString()))
        .isEqualTo(2);
    assertThat(mistyped).doesNotExist();
    assertThat(execute("queue", "import", temp.toString(), file.toString())).isEqualTo(2);
    assertThat(run.err()).contains("holds no queue, but other files");
    assertThat(mistyped).doesNotExist();

    Files.createDirectory(mistyped);
    assertThat(execute("queue", "import", mistyped.toString(), file.toString()))
        .as(run.err())
        .isZero();
    assertThat(cat(mistyped)).isEqualTo("{\"a\":1}\n");
  }

  @Test
  void commandsOnAQueueThatIsNotThere_makeNothing_andEndAlike() throws IOException {
    String config = config();
    String file = Files.writeString(temp.resolve("file"), "{\"a\":1}\n").toString();
    String[][] commands = {
      {"queue", "drain", "-c", config, "--node", "out"},
      {"queue", "repair", "-c", config, "out"},
      {"queue", "repair", "--dry-run", "-c", config, "out"},
      {"queue", "skip", "-c", config, "out", "--to", "5", "--yes"},
      {"queue", "purge", "-c", config, "out", "--yes"},
      {"queue", "purge", "-c", config, "out", "--yes", "--directory"},
      {"queue", "export", "-c", config, "out", temp.resolve("copy").toString()},
      {"queue", "dead-letters", "replay", "-c", config, "out"},
      {"queue", "dead-letters", "purge", "-c", config, "out", "--yes"},
      {"queue", "purge", queue().toString(), "--yes"},
      {"queue", "repair", queue().toString()},
      {"queue", "adopt", "-c", config, queue().toString(), "out2"},
      {"queue", "import", queue().toString(), file},
    };
    for (String[] command : commands) {
      assertThat(execute(with(command, "--data-dir", data().toString())))
          .as(String.join(" ", command) + ": " + run.out())
          .isEqualTo(2);
      assertThat(run.err())
          .as(String.join(" ", command))
          .containsAnyOf("no queue", "no directory", "no node");
      assertThat(queue()).doesNotExist();
      assertThat(data()).doesNotExist();
    }
  }

  @Test
  void numbersThatMakeNoSense_areRefused() throws IOException {
    fill(queue(), 2);
    String config = config();
    assertThat(execute("queue", "skip", "-c", config, "out", "--to", "x")).isEqualTo(2);
    assertThat(run.err()).contains("must be a whole number");
    assertThat(execute("queue", "skip", "-c", config, "out", "--to", "-1")).isEqualTo(2);
    assertThat(run.err()).contains("--to -1");
    for (String timeout : new String[] {"0s", "-5s", "x"}) {
      assertThat(execute("queue", "drain", "-c", config, "--node", "out", "--timeout", timeout))
          .isEqualTo(2);
      assertThat(run.err()).contains("--timeout");
    }
  }

  @Test
  void adopt_ofAQueueIntoItself_isRefused() throws IOException {
    fill(queue(), 3);

    assertThat(execute("queue", "adopt", queue().toString(), queue().toString())).isEqualTo(2);
    assertThat(execute("queue", "adopt", queue().toString(), queue().resolve("x").toString()))
        .isEqualTo(2);
    assertThat(execute("queue", "adopt", temp.resolve("none").toString(), "new")).isEqualTo(2);

    assertThat(cat(queue()).lines()).hasSize(3);
  }

  @Test
  void deadLetters_areCounted_printed_andReplayed() throws IOException {
    bury(1, "answered 400");
    bury(2, "answered 400");
    bury(3, "too large");
    String config = config();
    String data = data().toString();

    assertThat(execute("queue", "dead-letters", "ls", "-c", config, "--data-dir", data)).isZero();
    assertThat(run.out()).contains("out: 3 dead letters", "2  answered 400", "1  too large");

    assertThat(
            execute(
                "queue", "dead-letters", "cat", "-c", config, "--data-dir", data, "out", "--items"))
        .isZero();
    assertThat(run.out()).isEqualTo("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");

    assertThat(
            execute(
                "queue",
                "dead-letters",
                "replay",
                "-c",
                config,
                "--data-dir",
                data,
                "out",
                "--reason",
                "400",
                "--grep",
                "\"n\":2"))
        .as(run.err())
        .isZero();
    assertThat(run.out()).contains("1 item back in " + queue());
    assertThat(cat(queue())).isEqualTo("{\"n\":2}\n");
    assertThat(cat(letters())).contains("\"n\":1", "\"n\":3").doesNotContain("\"n\":2");

    assertThat(execute("queue", "dead-letters", "replay", "-c", config, "--data-dir", data, "out"))
        .isZero();
    assertThat(cat(queue()).lines()).hasSize(3);
    assertThat(cat(letters())).isEmpty();
  }

  @Test
  void deadLetters_purge_removesThoseThatMatch() throws IOException {
    bury(1, "answered 400");
    bury(2, "too large");

    assertThat(execute("queue", "dead-letters", "purge", letters().toString(), "--reason", "400"))
        .isEqualTo(2);
    assertThat(cat(letters()).lines()).hasSize(2);
    assertThat(
            execute(
                "queue", "dead-letters", "purge", letters().toString(), "--reason", "400", "--yes"))
        .isZero();

    assertThat(run.out()).contains("removed 1 dead letter");
    assertThat(cat(letters())).contains("too large").doesNotContain("400");
  }

  @Test
  void deadLetters_withoutAQueueToGoTo_stay() throws IOException {
    bury(1, "answered 400");

    assertThat(execute("queue", "dead-letters", "replay", letters().toString())).isEqualTo(2);

    assertThat(run.err()).contains("--into", "cat --items");
    assertThat(cat(letters()).lines()).hasSize(1);
  }

  @Test
  void drain_ofAnUnknownNode_saysWhichThereAre() throws IOException {
    assertThat(execute("queue", "drain", "-c", config(), "--node", "in")).isEqualTo(2);

    assertThat(run.err()).contains("no destination 'in'; destinations: out");
  }
}
