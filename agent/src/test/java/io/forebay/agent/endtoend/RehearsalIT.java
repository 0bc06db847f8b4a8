package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code forebay rehearse} foretells comes about. */
@Timeout(180)
class RehearsalIT {

  private static final String NODE = "node=\"out\"";
  private static final long OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long DRAIN_NANOS_AT_MOST = TimeUnit.SECONDS.toNanos(60);
  private static final int LINES_A_POST = 100;
  private static final long POST_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  @TempDir private Path directory;

  private record Result(int exitCode, String out) {
    double number(String name) {
      Matcher matcher = Pattern.compile("\"" + name + "\":([0-9.]+)").matcher(out);
      assertThat(matcher.find()).as(name + " in " + out).isTrue();
      return Double.parseDouble(matcher.group(1));
    }
  }

  private Result forebay(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(System.getProperty("forebay.launcher")));
    command.addAll(arguments);
    Path out = directory.resolve("command.out");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }

  /** What an outage was in truth. */
  private record Truth(
      double seconds, double rate, int bytes, double peakDisk, double dropped, double drained) {}

  /** Posts at a steady pace until {@code end}, or until the queue is empty. */
  private static double post(Posting posting, AgentProcess agent, long end, boolean untilDrained)
      throws InterruptedException {
    double peak = 0;
    long next = System.nanoTime();
    int posts = 0;
    while (System.nanoTime() < end) {
      assertThat(posting.post(LINES_A_POST, java.time.Duration.ofSeconds(20))).isEqualTo(200);
      if (++posts % 4 == 0) {
        peak = Math.max(peak, agent.metric("forebay_queue_disk_bytes", NODE));
        if (untilDrained && agent.metric("forebay_queue_records", NODE) == 0) {
          break;
        }
      }
      next = Math.max(next + POST_EVERY_NANOS, System.nanoTime() - POST_EVERY_NANOS * 20);
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
    }
    return Math.max(peak, agent.metric("forebay_queue_disk_bytes", NODE));
  }

  private Truth outage(RecordingReceiver receiver, AgentProcess agent, int port) throws Exception {
    Posting posting = new Posting(port, 300);
    post(posting, agent, System.nanoTime() + TimeUnit.SECONDS.toNanos(2), false);
    receiver.down();
    int before = posting.last();
    long began = System.nanoTime();
    CompletableFuture<Integer> bytes = CompletableFuture.supplyAsync(this::lineBytes);
    double peak = post(posting, agent, began + OUTAGE_NANOS, false);
    double seconds = (System.nanoTime() - began) / 1e9;
    double rate = (posting.last() - before) / seconds;
    receiver.up();
    long back = System.nanoTime();
    post(posting, agent, back + DRAIN_NANOS_AT_MOST, true);
    double drained = (System.nanoTime() - back) / 1e9;
    double dropped = agent.metric("forebay_delivery_dropped_items_total", NODE);
    return new Truth(seconds, rate, bytes.get(30, TimeUnit.SECONDS), peak, dropped, drained);
  }

  /** Length of the lines in the queue, looked at while they come. */
  private int lineBytes() {
    try {
      TimeUnit.SECONDS.sleep(2);
      String queue = directory.resolve("queue").toString();
      return forebay(List.of("queue", "cat", queue))
              .out()
              .lines()
              .findFirst()
              .orElseThrow()
              .length()
          + 1;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_byte_size: 100MB", "max_byte_size: 4MB"})
  void aRealOutageOfTenSecondsIsAsItWasForetold(String size) throws Exception {
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(
                directory,
                Outage.pipeline(
                        port,
                        receiver.port(),
                        directory.resolve("queue"),
                        "mode: error\ndrain_rate_limit: 2000\n" + size)
                    // When the receiver is asked again is random; here it is soon.
                    .replace("400ms", "100ms"))) {
      agent.listeningOn(port).start();
      Truth truth = outage(receiver, agent, port);
      assertThat(agent.stop()).isZero();

      Result foretold =
          forebay(
              List.of(
                  "rehearse",
                  directory.resolve("pipeline.yaml").toString(),
                  "--json",
                  "--outage",
                  String.format(Locale.ROOT, "%.3fs", truth.seconds()),
                  "--rate",
                  String.format(Locale.ROOT, "%.1f/s", truth.rate()),
                  "--size",
                  String.valueOf(truth.bytes())));
      String both = truth + " " + foretold;
      assertThat(foretold.exitCode()).as(both).isEqualTo(truth.dropped() > 0 ? 1 : 0);
      assertThat(foretold.number("peak_disk_bytes"))
          .as(both)
          .isCloseTo(truth.peakDisk(), withPercentage(10));
      if (truth.dropped() > 0) {
        assertThat(foretold.number("overflow_newest"))
            .as(both)
            .isCloseTo(truth.dropped(), withPercentage(10));
      }
      assertThat(foretold.number("drained_after_seconds"))
          .as(both)
          .isCloseTo(truth.drained(), withPercentage(10));
    }
  }

  @Test
  void anExample_isRehearsedByALauncher_andNothingIsTouched() throws Exception {
    Path examples =
        Path.of(System.getProperty("forebay.launcher")).resolveSibling("config-examples");
    List<String> command =
        List.of(
            "rehearse",
            examples.resolve("edge-delta-persistent-queue.yaml").toString(),
            "--outage",
            "2h",
            "--rate",
            "500/s",
            "--size",
            "1KB");
    long began = System.nanoTime();
    Result result = forebay(command);
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(60));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("3,600,000 items, 3.6 GB", "overflow_newest", "max_byte_size: 4.0GB", "33m")
        .doesNotContain("\tat ", "Exception");
    assertThat(Path.of("/var/lib/edgedelta")).doesNotExist();
  }
}
