package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.RecordingReceiver.Conduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * One agent under load that is killed again and again at random moments, its start included, while
 * its receiver comes and goes. After each kill the books are made from what lies on the disk: each
 * line that the source was told is safe has arrived or is in the queue.
 */
final class KillCampaign {

  /**
   * @param mode of the queue
   * @param source {@code file} or {@code http}
   */
  record Setup(String mode, boolean strict, String source) {}

  /**
   * What all kills together came across.
   *
   * @param atWork kills of an agent that had delivered something new in that life
   * @param heldOnDisk lines that only the disk held after a kill, summed over the kills
   */
  record Found(int kills, int atWork, int lines, int heldOnDisk, long doubled) {
    static final Found NOTHING = new Found(0, 0, 0, 0, 0);

    Found plus(Found other) {
      return new Found(
          kills + other.kills,
          atWork + other.atWork,
          lines + other.lines,
          heldOnDisk + other.heldOnDisk,
          doubled + other.doubled);
    }
  }

  private static final int LINE_BYTES = Feeder.line(1, Feeder.LINE_BYTES).length();
  private static final List<Conduct> TROUBLES =
      List.of(new Conduct.Refuse(503, ""), new Conduct.Hang(), new Conduct.CloseMidResponse());

  private final Setup setup;
  private final Path directory;
  private final Random random;
  private final Remains remains;
  private final Path log;

  KillCampaign(Setup setup, Path directory, Random random) {
    this.setup = setup;
    this.directory = directory;
    this.random = random;
    this.remains = new Remains(directory.resolve("queue"));
    this.log = directory.resolve("app.log");
  }

  Found run(int kills) throws Exception {
    Files.createDirectories(directory);
    int sourcePort = AgentProcess.freePort();
    int heldOnDisk = 0;
    int atWork = 0;
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent = new AgentProcess(directory, pipeline(sourcePort, receiver.port()))) {
      Feeder feeder = fromFile() ? Feeder.file(log, 4) : Feeder.http(sourcePort, 2);
      feeder.start();
      int last;
      try {
        for (int kill = 0; kill < kills; kill++) {
          int before = receiver.arrivals().distinct();
          live(agent, receiver);
          int answered = feeder.produced();
          agent.kill();
          heldOnDisk += assertKept(receiver.arrivals(), answered);
          atWork += receiver.arrivals().distinct() > before ? 1 : 0;
        }
        receiver.conduct(RecordingReceiver.TAKE);
        receiver.up();
        agent.start();
      } finally {
        last = feeder.finish();
      }
      awaitAll(receiver, last);
      if (setup.strict()) {
        receiver.arrivals().assertInOrder();
      }
      Awaitility.await("no backlog is left")
          .atMost(Duration.ofSeconds(20))
          .until(() -> agent.metric("ed_buffer_disk_bytes") == 0);
      assertThat(agent.stop()).as(agent.logTail()).isZero();
      remains.assertSound();
      return new Found(kills, atWork, last, heldOnDisk, receiver.arrivals().duplicates());
    }
  }

  /** A life of the agent, and what befalls its receiver meanwhile. */
  private void live(AgentProcess agent, RecordingReceiver receiver) throws Exception {
    befall(receiver);
    if (random.nextInt(8) == 0) {
      agent.launch();
      TimeUnit.MILLISECONDS.sleep(random.nextLong(700));
      return;
    }
    agent.start();
    long ends = random.nextLong(700);
    long changes = random.nextLong(ends + 1);
    TimeUnit.MILLISECONDS.sleep(changes);
    befall(receiver);
    TimeUnit.MILLISECONDS.sleep(ends - changes);
  }

  private void befall(RecordingReceiver receiver) throws IOException {
    int dice = random.nextInt(10);
    receiver.conduct(
        dice < 3 ? TROUBLES.get(random.nextInt(TROUBLES.size())) : RecordingReceiver.TAKE);
    if (dice == 3 || dice == 4) {
      receiver.down();
    } else {
      receiver.up();
    }
  }

  /**
   * @param answered the last line that the client was told is safe
   * @return how many lines only the disk holds
   */
  private int assertKept(Arrivals arrivals, int answered) throws IOException {
    remains.assertSound();
    int safe =
        fromFile()
            ? (int) (Remains.cursor(directory.resolve("data"), "in") / LINE_BYTES)
            : answered;
    BitSet kept = remains.queued();
    int onlyOnDisk = 0;
    for (int number = 1; number <= safe; number++) {
      if (!arrivals.has(number)) {
        assertThat(kept.get(number))
            .as("line %d of %d that are safe has arrived or is in the queue", number, safe)
            .isTrue();
        onlyOnDisk++;
      }
    }
    return onlyOnDisk;
  }

  private static void awaitAll(RecordingReceiver receiver, int last) {
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

  private boolean fromFile() {
    return setup.source().equals("file");
  }

  private String pipeline(int sourcePort, int receiverPort) {
    String input =
        fromFile()
            ? """
              - name: in
                type: file_input
                path: %s
                discovery_interval: 100ms
                cursor_flush_interval: 50ms
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
          tag: soak
          item_buffer_flush_interval: 20ms
        nodes:
        %s
        - name: out
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          batch_size: 100
          parallel_worker_count: %d
          request_timeout: 500ms
          retry:
            initial_interval: 20ms
            max_interval: 200ms
          persistent_queue:
            path: %s
            mode: %s
            max_byte_size: 500MB
            segment_size: 1MiB
            fsync: %s
            compression: %s
            strict_ordering: %s
        links:
        - from: in
          to: out
        """
        .formatted(
            input.indent(0).stripTrailing(),
            receiverPort,
            setup.strict() ? 1 : 3,
            directory.resolve("queue"),
            setup.mode(),
            List.of("always", "interval", "never").get(random.nextInt(3)),
            random.nextBoolean() ? "none" : "zstd",
            setup.strict());
  }
}
