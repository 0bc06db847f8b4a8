package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent's queue on a small file system that something else fills up in an outage of the
 * receiver, and that gets room again.
 */
class SickDiskIT {

  private static final int FILE_SYSTEM_BYTES = 4 << 20;
  private static final int LINE_BYTES = 250;

  /** What log, health and status say. */
  private static final String FULL = "its file system is full; make room on it";

  /** Lines that are on disk before it is full: a quarter of it. */
  private static final int BEFORE = 4_000;

  /** Lines that come while it is full, which is more than memory holds. */
  private static final int WHILE_FULL = 24_000;

  @TempDir private Path directory;

  /** What was posted, by whether the agent said that it is safe. */
  private final List<int[]> answered = new ArrayList<>();

  /** A file system of the agent's own, which goes with it; the launcher follows as arguments. */
  private static List<String> onSmallFileSystem(Path mount) {
    String script =
        "mount -t tmpfs -o size="
            + FILE_SYSTEM_BYTES
            + " none '"
            + mount
            + "' && exec \"$0\" \"$@\"";
    return List.of("unshare", "-rm", "sh", "-c", script);
  }

  @BeforeAll
  static void fileSystemsMayBeMounted(@TempDir Path probe) throws InterruptedException {
    List<String> command = new ArrayList<>(onSmallFileSystem(probe));
    command.add("true");
    boolean permitted;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      permitted = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      permitted = false;
    }
    assumeTrue(permitted, "unshare -rm and mount -t tmpfs are not permitted here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop_newest", "drop_oldest", "block"})
  void fullFileSystem_isTold_appliesOverflow_andEndsWithTheTrouble(String overflow)
      throws Exception {
    int port = AgentProcess.freePort();
    Path mount = Files.createDirectory(directory.resolve("small"));
    Path queue = mount.resolve("queue");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                    port,
                    receiver.port(),
                    queue,
                    "mode: error\nmax_byte_size: 3MB\noverflow: " + overflow))) {
      receiver.down();
      agent.under(onSmallFileSystem(mount)).listeningOn(port).start();
      Posting posting = new Posting(port, LINE_BYTES);
      post(posting, BEFORE, Duration.ofSeconds(20));
      assertThat(answered).as("all are on disk").hasSize(BEFORE / 500);

      Path filler = Path.of("/proc/" + agent.pid() + "/root" + mount.resolve("filler"));
      fill(filler);
      post(posting, WHILE_FULL, Duration.ofMillis(300));
      // What is on disk by then was let go, or what did not fit was dropped, a moment later.
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertTold(agent, queue, overflow));

      Files.delete(filler);
      Awaitility.await("the disk is well, without a restart; see " + agent.log())
          .atMost(Duration.ofSeconds(30))
          .until(() -> agent.metric("forebay_queue_disk_failing") == 0);
      assertThat(agent.get("/health/ready")).doesNotContain("disk_failing");
      receiver.up();
      Awaitility.await("the backlog drains; see " + agent.log())
          .atMost(Duration.ofSeconds(30))
          .until(() -> agent.metric("forebay_delivery_buffered_items") == 0);

      assertNothingLost(agent, receiver, overflow);
      // A queue that gives up its oldest has room for a moment, again and again.
      assertThat(logLines(agent, "works again, after")).hasSizeBetween(1, 6);
      assertThat(logLines(agent, FULL))
          .as("five begins a minute, what sums up the others, and changes of state")
          .hasSizeLessThan(12);
      int last = posting.last();
      post(posting, 500, Duration.ofSeconds(20));
      Awaitility.await("it takes data as before")
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.arrivals().has(last + 500));
      assertThat(agent.stop()).isZero();
    }
  }

  private void post(Posting posting, int lines, Duration patience) throws InterruptedException {
    int end = posting.last() + lines;
    while (posting.last() < end) {
      int first = posting.last() + 1;
      if (posting.post(500, patience) == 200) {
        answered.add(new int[] {first, posting.last()});
      }
    }
  }

  private static void fill(Path filler) {
    byte[] zeros = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int i = 0; i < FILE_SYSTEM_BYTES / zeros.length; i++) {
        out.write(zeros);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left on device");
      return;
    }
    throw new AssertionError("the file system did not fill up");
  }

  private void assertTold(AgentProcess agent, Path queue, String overflow) throws IOException {
    assertThat(agent.status("/health/live")).isEqualTo(200);
    assertThat(agent.status("/health/ready")).isEqualTo(503);
    if (!overflow.equals("drop_oldest")) { // which goes on with the room of what it gave up
      assertThat(agent.get("/health/ready"))
          .contains("\"disk_failing\"")
          .contains("the queue in " + queue + " cannot ")
          .contains(FULL);
      assertThat(agent.get("/api/status"))
          .contains("\"disk_failing\":true")
          .contains("\"disk_trouble\":\"the queue in " + queue);
      assertThat(agent.metric("forebay_queue_disk_failing")).isEqualTo(1);
    }
    assertThat(logLines(agent, FULL))
        .isNotEmpty()
        .allMatch(line -> line.contains("out: ") && line.contains(queue.toString()));
    if (overflow.equals("block")) {
      assertThat(dropped(agent)).isZero();
    } else {
      assertThat(dropped(agent, "overflow_" + overflow.substring("drop_".length()))).isPositive();
      assertThat(agent.get("/health/ready")).contains("\"overflowing\"");
    }
  }

  private void assertNothingLost(AgentProcess agent, RecordingReceiver receiver, String overflow) {
    long arrived = receiver.arrivals().distinct();
    assertThat(arrived + dropped(agent))
        .as("delivered and dropped")
        .isEqualTo((long) agent.metric("forebay_delivery_received_items_total", "node=\"out\""));
    assertThat(receiver.arrivals().duplicates()).isZero();
    long missing =
        answered.stream()
            .flatMapToInt(range -> IntStream.rangeClosed(range[0], range[1]))
            .filter(number -> !receiver.arrivals().has(number))
            .count();
    assertThat(missing).as("said to be safe, and not there").isLessThanOrEqualTo(dropped(agent));
    boolean allOfBefore = IntStream.rangeClosed(1, BEFORE).allMatch(receiver.arrivals()::has);
    if (!overflow.equals("drop_oldest")) {
      assertThat(allOfBefore).as("what was on disk before").isTrue();
    }
    if (overflow.equals("block")) {
      assertThat(missing).isZero();
    }
  }

  private static long dropped(AgentProcess agent, String... reasons) {
    double sum = 0;
    List<String> labels = new ArrayList<>(List.of("node=\"out\""));
    for (String reason : reasons) {
      labels.add("reason=\"" + reason + "\"");
    }
    sum = agent.metric("forebay_dropped_items_total", labels.toArray(String[]::new));
    return Double.isNaN(sum) ? 0 : (long) sum;
  }

  private static List<String> logLines(AgentProcess agent, String text) throws IOException {
    return Files.readAllLines(agent.log()).stream().filter(line -> line.contains(text)).toList();
  }
}
