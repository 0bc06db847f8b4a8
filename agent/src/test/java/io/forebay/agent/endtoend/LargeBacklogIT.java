package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueListener;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import io.forebay.queue.SyncPolicy;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Reopening costs time and memory independent of the backlog. */
class LargeBacklogIT {

  private static final long BACKLOG_BYTES = 2_000_000_000L;
  private static final int RECORD_BYTES = 1024;
  private static final int BATCH = 1000;

  @TempDir private Path directory;

  @Test
  void twoGigabytesReopenInLessThanASecondAndSixtyFourMegabytes() throws Exception {
    Path queue = directory.resolve("queue");
    fill(queue);

    // The whole process has 64 MB of heap, so the queue's share is less.
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(
                    Reopening.class,
                    PersistentQueue.class,
                    Zstd.class,
                    Logger.class,
                    NullMarked.class),
                Reopening.class.getName(),
                queue.toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    String[] figures = printed.strip().split("\\s+");
    assertThat(Long.parseLong(figures[figures.length - 2]))
        .as("milliseconds to reopen and lease")
        .isLessThan(1000);
    assertThat(Long.parseLong(figures[figures.length - 1]))
        .as("records")
        .isEqualTo(BACKLOG_BYTES / RECORD_BYTES / BATCH * BATCH);
  }

  /** Where the classes come from. */
  private static String classPath(Class<?>... types) throws URISyntaxException {
    StringJoiner path = new StringJoiner(File.pathSeparator);
    for (Class<?> type : types) {
      path.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return path.toString();
  }

  private static void fill(Path directory) throws Exception {
    byte[] payload = new byte[RECORD_BYTES * BATCH];
    Arrays.fill(payload, (byte) 'x');
    int[] lengths = new int[BATCH];
    Arrays.fill(lengths, RECORD_BYTES);
    try (PersistentQueue queue = PersistentQueue.open(Reopening.options(directory))) {
      for (long written = 0; written + payload.length <= BACKLOG_BYTES; written += payload.length) {
        queue
            .append(new RecordBatch(new ByteBuffer[] {ByteBuffer.wrap(payload)}, lengths, BATCH))
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
      }
    }
  }

  /** Opens the queue, leases once, prints milliseconds and records. */
  static final class Reopening {

    private Reopening() {}

    public static void main(String[] args) throws IOException {
      long begun = System.nanoTime();
      try (PersistentQueue queue = PersistentQueue.open(options(Path.of(args[0])))) {
        if (queue.lease(100, 1 << 20) == null) {
          throw new IllegalStateException("nothing to lease");
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        System.out.println(millis + " " + queue.statistics().records());
      }
    }

    static QueueOptions options(Path directory) {
      return new QueueOptions(
          directory,
          4_000_000_000L,
          QueueOptions.DEFAULT_SEGMENT_BYTES,
          Overflow.DROP_NEWEST,
          new SyncPolicy.Never(),
          Compression.NONE,
          null,
          Clock.systemUTC(),
          QueueListener.NONE);
    }
  }
}
