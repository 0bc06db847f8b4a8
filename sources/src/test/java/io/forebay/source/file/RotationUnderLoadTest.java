package io.forebay.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.item.Batch;
import io.forebay.source.worker.Receiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that rotates its file while it is read; every line is numbered. */
class RotationUnderLoadTest {

  private static final int LINES = 60_000;
  private static final int LINES_IN_FILE = 7_000;

  @TempDir Path directory;
  private FileInputFixture node;
  private final AtomicReference<Throwable> writerFailure = new AtomicReference<>();

  @BeforeEach
  void open() throws IOException {
    node = new FileInputFixture(directory);
  }

  @AfterEach
  void close() {
    node.close();
    assertThat(writerFailure.get()).isNull();
  }

  /** What the writer does when a file is full. */
  private interface Rotation {
    FileChannel rotate(FileChannel full, int number) throws IOException;
  }

  private Thread write(Rotation rotation) {
    Thread writer =
        new Thread(
            () -> {
              try {
                write(rotation, new Random(3));
              } catch (Exception e) {
                writerFailure.set(e);
              }
            },
            "writer");
    writer.start();
    return writer;
  }

  private void write(Rotation rotation, Random random) throws Exception {
    FileChannel channel = append();
    int next = 0;
    int inFile = 0;
    int rotations = 0;
    while (next < LINES) {
      int count = Math.min(1 + random.nextInt(400), LINES - next);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < count; i++) {
        text.append(next++).append(" some text that makes the line longer\n");
      }
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      // Written in two pieces, so that lines are met half written.
      int middle = random.nextInt(bytes.limit());
      channel.write(bytes.slice(0, middle));
      channel.write(bytes.slice(middle, bytes.limit() - middle));
      inFile += count;
      if (inFile >= LINES_IN_FILE) {
        channel = rotation.rotate(channel, rotations++);
        inFile = 0;
      }
      Thread.sleep(1);
    }
    channel.close();
  }

  private FileChannel append() throws IOException {
    return FileChannel.open(
        log(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  private Path log() {
    return node.logs.resolve("app.log");
  }

  private FileChannel rename(FileChannel full, int number) throws IOException {
    full.close();
    Files.move(log(), node.logs.resolve("app.log." + number));
    return append();
  }

  private static int number(String body) {
    return Integer.parseInt(body.substring(0, body.indexOf(' ')));
  }

  private static List<Integer> numbers(Receiver received) {
    return received.bodies().stream().map(RotationUnderLoadTest::number).toList();
  }

  private static List<Integer> all() {
    return java.util.stream.IntStream.range(0, LINES).boxed().toList();
  }

  @Test
  void renamed_files_are_read_once_and_in_order() throws Exception {
    Receiver received = node.follow(node.keys("app.log"), Receiver::acknowledging);
    // A file that is renamed before it was found under the name that is looked for is never seen.
    write(
            (full, number) -> {
              await()
                  .atMost(Duration.ofSeconds(20))
                  .until(() -> received.items().size() > number * LINES_IN_FILE + 400);
              return rename(full, number);
            })
        .join();
    await().atMost(Duration.ofSeconds(20)).until(() -> received.items().size() >= LINES);
    assertThat(numbers(received)).isEqualTo(all());
  }

  @Test
  void renamed_files_that_still_match_are_read_once() throws Exception {
    Receiver received = node.follow(node.keys("app.log*"), Receiver::acknowledging);
    write(this::rename).join();
    await().atMost(Duration.ofSeconds(20)).until(() -> received.items().size() >= LINES);
    assertThat(numbers(received)).containsExactlyInAnyOrderElementsOf(all());
  }

  @Test
  void truncated_files_are_read_once_when_they_were_read_to_their_end() throws Exception {
    AtomicInteger read = new AtomicInteger();
    Receiver received =
        node.follow(
            node.keys("app.log"),
            flux ->
                Receiver.of(
                    flux,
                    Long.MAX_VALUE,
                    batch -> {
                      read.set(number(lastBody(batch)) + 1);
                      batch.acknowledgement().complete();
                    }));
    AtomicInteger written = new AtomicInteger();
    Rotation copyAndTruncate =
        (full, number) -> {
          written.set((int) Files.lines(log()).count() + written.get());
          await().atMost(Duration.ofSeconds(20)).until(() -> read.get() >= written.get());
          full.truncate(0);
          return full;
        };
    write(copyAndTruncate).join();
    await().atMost(Duration.ofSeconds(20)).until(() -> received.items().size() >= LINES);
    assertThat(numbers(received)).isEqualTo(all());
    assertThat(node.listener.events("file_truncated")).isPositive();
  }

  private static String lastBody(Batch batch) {
    return batch.items().get(batch.size() - 1).body().toUtf8();
  }

  @Test
  void nothing_is_lost_over_restarts_failures_and_late_acknowledgements() throws Exception {
    Thread writer = write(this::rename);
    BitSet acknowledged = new BitSet();
    Random random = new Random(11);
    while (writer.isAlive()) {
      List<Batch> late = new CopyOnWriteArrayList<>();
      Receiver received =
          node.follow(
              node.keys("app.log*"),
              flux ->
                  Receiver.of(
                      flux,
                      Long.MAX_VALUE,
                      batch -> {
                        int fate = random.nextInt(10);
                        if (fate == 0) {
                          batch.acknowledgement().fail();
                        } else if (fate < 3) {
                          late.add(batch);
                        } else {
                          acknowledge(batch, acknowledged);
                        }
                      }));
      Thread.sleep(20 + random.nextInt(150));
      for (int i = late.size() - 1; i >= 0 && random.nextInt(8) > 0; i--) {
        acknowledge(late.get(i), acknowledged);
      }
      node.stop();
      assertThat(received.failure()).isNull();
    }
    node.follow(
        node.keys("app.log*"),
        flux -> Receiver.of(flux, Long.MAX_VALUE, batch -> acknowledge(batch, acknowledged)));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              synchronized (acknowledged) {
                assertThat(acknowledged.nextClearBit(0)).isEqualTo(LINES);
              }
            });
  }

  private static void acknowledge(Batch batch, BitSet acknowledged) {
    synchronized (acknowledged) {
      batch.items().forEach(item -> acknowledged.set(number(item.body().toUtf8())));
    }
    batch.acknowledgement().complete();
  }
}
