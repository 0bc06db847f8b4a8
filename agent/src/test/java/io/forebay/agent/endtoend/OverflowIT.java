package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code max_byte_size} reached in an outage: what each overflow policy gives up, counted to the
 * item.
 */
class OverflowIT {

  private static final long MAX_BYTES = 2_000_000;
  // Three times what fits.
  private static final int LINES = 24_000;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"drop_newest", "drop_oldest"})
  void whatDoesNotFitIsDroppedAndCounted(String overflow) throws Exception {
    int port = AgentProcess.freePort();
    Path queue = directory.resolve("queue");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(port, receiver, queue, overflow));
        DiskUse disk = new DiskUse(queue)) {
      receiver.down();
      agent.listeningOn(port).start();
      Posting posting = new Posting(port, 250);
      posting.postAll(LINES);
      receiver.up();
      Awaitility.await("the queue drains")
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  agent.metric("ed_buffer_disk_bytes") == 0
                      && receiver.arrivals().distinct() + dropped(agent, overflow) >= LINES);

      long delivered = receiver.arrivals().distinct();
      assertThat(dropped(agent, overflow)).isEqualTo(LINES - delivered);
      assertThat(delivered).isBetween(1_000L, LINES - 1_000L);
      // A request that was waiting to be repeated keeps its items, however old they are.
      assertThat(arrived(receiver, 1, LINES / 2) > arrived(receiver, LINES / 2 + 1, LINES))
          .as("rather the older half is kept")
          .isEqualTo(overflow.equals("drop_newest"));
      assertThat(receiver.arrivals().has(LINES))
          .as("the newest is kept")
          .isEqualTo(overflow.equals("drop_oldest"));
      if (overflow.equals("drop_oldest")) {
        assertThat(agent.metric("buffer_truncations_total")).isEqualTo(LINES - delivered);
      }
      assertThat(receiver.arrivals().duplicates()).isZero();
      assertThat(disk.highest()).as("bytes on disk").isBetween(MAX_BYTES / 2, MAX_BYTES);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void blockMakesTheSourceWaitAndLosesNothing() throws Exception {
    int port = AgentProcess.freePort();
    Path queue = directory.resolve("queue");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent = new AgentProcess(directory, pipeline(port, receiver, queue, "block"));
        DiskUse disk = new DiskUse(queue)) {
      receiver.down();
      agent.listeningOn(port).start();
      Feeder feeder = Feeder.http(port, 0);
      feeder.start();
      Awaitility.await("the queue fills")
          .atMost(Duration.ofSeconds(30))
          .until(() -> disk.highest() > MAX_BYTES * 7 / 10);
      AtomicLong before = new AtomicLong(-1);
      Awaitility.await("the source waits")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> before.getAndSet(feeder.produced()) == feeder.produced());

      receiver.up();
      int last = feeder.finish();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> receiver.arrivals().distinct() >= last);
      receiver.arrivals().assertNothingLost(last);
      assertThat(disk.highest()).as("bytes on disk").isLessThanOrEqualTo(MAX_BYTES);
      assertThat(agent.metric("forebay_dropped_items_total", "node=\"out\"")).isIn(0.0, Double.NaN);
      assertThat(agent.stop()).isZero();
    }
  }

  private static long arrived(RecordingReceiver receiver, int first, int last) {
    return IntStream.rangeClosed(first, last).filter(receiver.arrivals()::has).count();
  }

  private static long dropped(AgentProcess agent, String overflow) {
    String reason = overflow.equals("drop_newest") ? "overflow_newest" : "overflow_oldest";
    double dropped =
        agent.metric("forebay_dropped_items_total", "node=\"out\"", "reason=\"" + reason + "\"");
    return Double.isNaN(dropped) ? 0 : (long) dropped;
  }

  private static String pipeline(
      int port, RecordingReceiver receiver, Path queue, String overflow) {
    return Outage.pipeline(
        port,
        receiver.port(),
        queue,
        "mode: error\nmax_byte_size: " + MAX_BYTES + "\noverflow: " + overflow);
  }

  /** Adds up the files of a directory again and again. */
  private static final class DiskUse implements AutoCloseable {
    private final AtomicLong highest = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Path directory;

    DiskUse(Path directory) {
      this.directory = directory;
      Thread thread = new Thread(this::sample, "disk-use");
      thread.setDaemon(true);
      thread.start();
    }

    long highest() {
      return highest.get();
    }

    private void sample() {
      while (!closed.get()) {
        long sum = 0;
        try (Stream<Path> files = Files.list(directory)) {
          for (Path file : (Iterable<Path>) files::iterator) {
            sum += Files.size(file);
          }
          highest.accumulateAndGet(sum, Math::max);
        } catch (IOException | UncheckedIOException notThereYet) {
          // A segment was deleted between the listing and the look at it, or the agent has not
          // begun.
        }
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }
}
