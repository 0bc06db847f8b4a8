package io.forebay.agent.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.agent.queue.Adoption.Outcome;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueLockedException;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueScan;
import io.forebay.queue.RecordBatch;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue is taken over whole, once, whatever happens on the way. */
@Timeout(60)
class AdoptionTest {

  /** One lease each, so that several chunks are copied. */
  private static final int FRAMES = 100;

  @TempDir Path temp;

  private Path from() {
    return temp.resolve("from");
  }

  private Path to() {
    return temp.resolve("to");
  }

  /** Frames of two records: the numbers from {@code first} on. */
  private static void fill(Path directory, int first, int frames) throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory))) {
      for (int i = 0; i < frames; i++) {
        byte[] bytes =
            ("{\"n\":" + (first + 2 * i) + "}\n{\"n\":" + (first + 2 * i + 1) + "}\n")
                .getBytes(StandardCharsets.UTF_8);
        int half = new String(bytes, StandardCharsets.UTF_8).indexOf('\n') + 1;
        RecordBatch batch =
            new RecordBatch(
                new java.nio.ByteBuffer[] {java.nio.ByteBuffer.wrap(bytes)},
                new int[] {half, bytes.length - half},
                2);
        CompletableFuture<?> stored = queue.append(batch).toCompletableFuture();
        stored.orTimeout(30, TimeUnit.SECONDS).join();
      }
    }
  }

  private static List<Integer> numbers(Path directory) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (QueueScan scan = new QueueScan(directory, ScanOptions.UNDELIVERED, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          if (!frame.isSettled(i)) {
            String text =
                new String(frame.bytes(), frame.offset(i), frame.length(i), StandardCharsets.UTF_8);
            numbers.add(Integer.parseInt(text.replaceAll("\\D", "")));
          }
        }
      }
    }
    return numbers;
  }

  private Outcome adopt() throws IOException {
    return new Adoption(
            QueueLocation.directory(from()), QueueLocation.directory(to()), (step, records) -> {})
        .run();
  }

  private static Integer[] upTo(int end) {
    return IntStream.range(0, end).boxed().toArray(Integer[]::new);
  }

  private int adoptUntilKilled(int steps) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AdoptionUnderKill.class.getName(),
                from().toString(),
                to().toString(),
                Integer.toString(steps))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void renames_whereThereIsNothingYet() throws IOException {
    fill(from(), 0, 3);
    long epoch = new QueueInspector(from()).summary().epoch();

    Outcome outcome = adopt();

    assertThat(outcome).isEqualTo(new Outcome(6, 0, 0, true, true));
    assertThat(from()).doesNotExist();
    assertThat(new QueueInspector(to()).summary().epoch()).isEqualTo(epoch);
    assertThat(numbers(to())).containsExactly(upTo(6));
  }

  @Test
  void appends_whereThereIsAQueue() throws IOException {
    fill(to(), 0, 3);
    fill(from(), 6, FRAMES);

    Outcome outcome = adopt();

    assertThat(outcome).isEqualTo(new Outcome(2 * FRAMES, 0, 0, false, true));
    assertThat(from()).doesNotExist();
    assertThat(numbers(to())).containsExactly(upTo(6 + 2 * FRAMES));
    assertThat(new QueueInspector(to()).check(bytes -> {}).well()).isTrue();
  }

  @Test
  void copied_recordsKeepTheirAge() throws IOException {
    long then = 1_735_789_700_000L;
    QueueOptions usual = QueueOptions.of(from());
    try (PersistentQueue queue =
        PersistentQueue.open(
            new QueueOptions(
                from(),
                usual.maxBytes(),
                usual.segmentBytes(),
                usual.overflow(),
                usual.syncPolicy(),
                usual.compression(),
                null,
                Clock.fixed(Instant.ofEpochMilli(then), ZoneOffset.UTC),
                usual.listener()))) {
      queue
          .append(RecordBatch.of("{\"n\":0}\n".getBytes(StandardCharsets.UTF_8)))
          .toCompletableFuture()
          .join();
    }
    fill(from(), 1, 1);
    fill(to(), 3, 0);

    assertThat(adopt().renamed()).isFalse();

    try (QueueScan scan = new QueueScan(to(), ScanOptions.UNDELIVERED, damage -> {})) {
      assertThat(scan.next()).extracting(StoredFrame::appendedAtMillis).isEqualTo(then);
      assertThat(scan.next()).extracting(StoredFrame::appendedAtMillis).isNotEqualTo(then);
    }
  }

  @Test
  void aDirectoryThatIsNoQueue_isLeftAlone_alsoWhenItIsEmpty() throws IOException {
    Files.createDirectory(from());
    fill(to(), 0, 1);

    assertThatThrownBy(this::adopt).isInstanceOf(NoSuchFileException.class);

    assertThat(from()).isEmptyDirectory();
  }

  /** Steps of one run: journal, 64 appends, acknowledge; journal, 36 appends, and so on. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40, 65, 66, 67, 80, 103, 104, 105})
  void killedAtAnyPoint_goesOn_andCopiesNothingTwice(int steps) throws Exception {
    fill(to(), 0, 3);
    fill(from(), 6, FRAMES);

    assertThat(adoptUntilKilled(steps))
        .as(() -> "see " + temp.resolve("log"))
        .isEqualTo(AdoptionUnderKill.DIED);
    assertThat(adoptUntilKilled(Math.max(1, steps / 2))).isIn(AdoptionUnderKill.DIED, 0);
    if (Files.exists(from())) {
      adopt();
    }

    assertThat(from()).doesNotExist();
    assertThat(numbers(to())).containsExactlyInAnyOrder(upTo(6 + 2 * FRAMES));
  }

  @Test
  void interrupted_isNotGoneOnWith_intoAnotherQueue() throws Exception {
    fill(to(), 0, 1);
    fill(from(), 2, FRAMES);
    assertThat(adoptUntilKilled(20)).isEqualTo(AdoptionUnderKill.DIED);
    Adoption elsewhere =
        new Adoption(
            QueueLocation.directory(from()),
            QueueLocation.directory(temp.resolve("elsewhere")),
            (step, records) -> {});

    assertThatThrownBy(elsewhere::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("queue adopt " + from() + " " + to());

    adopt();
    assertThat(numbers(to())).containsExactlyInAnyOrder(upTo(2 + 2 * FRAMES));
  }

  @Test
  void aQueueInUse_isLeftAlone() throws IOException {
    fill(from(), 0, 2);
    fill(to(), 4, 1);
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(to()))) {
      assertThatThrownBy(this::adopt).isInstanceOf(QueueLockedException.class);
      assertThat(open.statistics().records()).isEqualTo(2);
    }
    assertThat(numbers(from())).hasSize(4);
  }

  @Test
  void damage_isTold_andTheDirectoryStays() throws IOException {
    fill(to(), 0, 1);
    fill(from(), 2, 2);
    Path segment = from().resolve("0000000000000000000.seg");
    byte[] content = Files.readAllBytes(segment);
    content[40 + 50] ^= 1;
    Files.write(segment, content);

    Outcome outcome = adopt();

    assertThat(outcome.damaged()).isEqualTo(2);
    assertThat(outcome.records()).isEqualTo(2);
    assertThat(outcome.sourceRemoved()).isFalse();
    assertThat(from()).isDirectoryContaining(file -> file.toString().contains("damaged-"));
    assertThat(numbers(to())).containsExactly(0, 1, 4, 5);
  }

  @Test
  void fullTarget_keepsTheRestInTheSource() throws IOException {
    fill(from(), 0, FRAMES);
    fill(to(), 2 * FRAMES, 1);
    QueueOptions usual = QueueOptions.of(to());
    QueueOptions small =
        new QueueOptions(
            to(),
            QueueOptions.MIN_MAX_BYTES,
            4096,
            usual.overflow(),
            usual.syncPolicy(),
            usual.compression(),
            null,
            usual.clock(),
            usual.listener());
    Files.write(to().resolve("ballast"), new byte[52_000]);
    QueueLocation target = new QueueLocation(QueueLocation.Kind.QUEUE, "out", to(), small);
    Adoption adoption =
        new Adoption(QueueLocation.directory(from()), target, (step, records) -> {});

    assertThatThrownBy(adoption::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is full")
        .hasMessageContaining("max_byte_size");

    Files.delete(to().resolve("ballast"));
    adopt();
    assertThat(numbers(to())).containsExactlyInAnyOrder(upTo(2 * FRAMES + 2));
  }
}
