package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Directories of queues as they were once written must be read for ever, record by record and byte
 * by byte. Beside each lies what is in it.
 *
 * <p>A new version of the format gets a directory of its own, written once by {@code mvn test
 * -Dtest=GoldenQueueTest -Dforebay.golden=src/test/resources/golden/vN}; those that are there are
 * never written again.
 */
class GoldenQueueTest {

  private static final String EXPECTED = ".txt";

  /** So that few segments fill the queue; not kept. */
  private static final String STRANGER = "stranger.txt";

  @TempDir Path temporary;

  static Stream<Path> queues() throws IOException, URISyntaxException {
    Path golden = Path.of(Objects.requireNonNull(resource()).toURI());
    try (Stream<Path> files = Files.walk(golden, 2)) {
      List<Path> queues =
          files.filter(file -> file.toString().endsWith(EXPECTED)).sorted().toList();
      assertThat(queues).hasSizeGreaterThanOrEqualTo(2);
      return queues.stream();
    }
  }

  private static java.net.@org.jspecify.annotations.Nullable URL resource() {
    return GoldenQueueTest.class.getResource("/golden");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void queue_isReadAsItWasWritten_andGoesOn(Path expected) throws IOException {
    Path source = Path.of(expected.toString().replace(EXPECTED, ""));
    Path directory = Files.createDirectory(temporary.resolve("queue"));
    copy(source, directory);
    String written = Files.readString(expected);
    long undelivered = written.lines().filter(line -> line.startsWith("record ")).count();

    QueueCheck check = new QueueInspector(directory).check(bytes -> {});
    assertThat(check.well()).as("%s", check.listed()).isTrue();
    assertThat(check.undelivered()).isEqualTo(undelivered);

    List<Lease> leases;
    try (PersistentQueue queue = open(directory, Compression.NONE, Clock.systemUTC())) {
      leases = QueueFixture.leaseAll(queue);
      assertThat(describe(directory, queue, leases)).isEqualTo(written);
      long next = queue.statistics().nextSequence();
      assertThat(QueueFixture.store(queue, QueueFixture.batch("after"))).isEqualTo(next);
      List<Lease> after = QueueFixture.leaseAll(queue);
      assertThat(QueueFixture.texts(after)).containsExactly("after");
      leases.forEach(Lease::acknowledge);
    }
    try (PersistentQueue queue = open(directory, Compression.NONE, Clock.systemUTC())) {
      assertThat(QueueFixture.texts(QueueFixture.leaseAll(queue))).containsExactly("after");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(file.getFileName()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static PersistentQueue open(Path directory, Compression compression, Clock clock)
      throws IOException {
    return PersistentQueue.open(
        new QueueOptions(
            directory,
            QueueOptions.MIN_MAX_BYTES,
            QueueOptions.MIN_SEGMENT_BYTES,
            Overflow.DROP_OLDEST,
            new SyncPolicy.Always(),
            compression,
            null,
            clock,
            QueueListener.NONE));
  }

  private static String describe(Path directory, PersistentQueue queue, List<Lease> leases)
      throws IOException {
    List<String> lines = new ArrayList<>();
    QueueStatistics statistics = queue.statistics();
    lines.add("epoch " + queue.epoch());
    lines.add("next " + statistics.nextSequence());
    lines.add("frontier " + statistics.frontier());
    lines.add("truncated below " + queue.truncatedBelow());
    try (Stream<Path> files = Files.list(directory)) {
      files
          .filter(file -> file.getFileName().toString().startsWith(Evidence.PREFIX))
          .forEach(file -> lines.add("evidence " + file.getFileName() + " " + hex(file)));
    }
    for (Lease lease : leases) {
      for (int i = 0; i < lease.count(); i++) {
        int start = lease.offset(i);
        byte[] record = Arrays.copyOfRange(lease.bytes(), start, start + lease.length(i));
        lines.add(
            "record "
                + (lease.firstSequence() + i)
                + " "
                + lease.appendedAtMillis()
                + " "
                + HexFormat.of().formatHex(record));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String hex(Path file) {
    try {
      return HexFormat.of().formatHex(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a directory for each compression: run once for a version of the format. */
  @Test
  @EnabledIfSystemProperty(named = "forebay.golden", matches = ".+")
  void generate() throws IOException {
    Path golden = Path.of(System.getProperty("forebay.golden"));
    for (Compression compression : Compression.values()) {
      String name = compression.name().toLowerCase(java.util.Locale.ROOT);
      Path directory = Files.createDirectories(golden.resolve(name));
      generate(directory, compression);
      Path copy = Files.createDirectory(temporary.resolve(name));
      copy(directory, copy);
      try (PersistentQueue queue = open(copy, compression, Clock.systemUTC())) {
        List<Lease> leases = QueueFixture.leaseAll(queue);
        Files.writeString(golden.resolve(name + EXPECTED), describe(copy, queue, leases));
      }
    }
  }

  /** A ring with numbers left out, records given up, damaged, acknowledged, and waiting. */
  private static void generate(Path directory, Compression compression) throws IOException {
    Files.write(directory.resolve(STRANGER), new byte[45_000]);
    TestClock clock = new TestClock(1_700_000_000_000L);
    Random random = new Random(1);
    long damaged;
    try (PersistentQueue queue = open(directory, compression, clock)) {
      queue.reserve(10_000);
      for (int i = 0; queue.truncatedBelow() == 0 || i % 16 != 0; i++) {
        clock.advance(7);
        long next = queue.statistics().nextSequence() + (i == 0 ? 5 : i % 9 == 4 ? 2 : 0);
        List<byte[]> records = new ArrayList<>();
        for (int r = 0; r < 1 + i % 4; r++) {
          byte[] noise = new byte[random.nextInt(24)];
          random.nextBytes(noise);
          String text = "{\"_type\":\"log\",\"body\":\"" + i + "." + r + "\",\"noise\":\"";
          records.add(
              (text + HexFormat.of().formatHex(noise) + "\"}\n").getBytes(StandardCharsets.UTF_8));
        }
        records.add(new byte[] {0, -1, (byte) i});
        assertThat(queue.append(QueueFixture.batch(records), next).toCompletableFuture().join())
            .isInstanceOf(AppendResult.Stored.class);
      }
      queue.endReservation(queue.statistics().nextSequence());
      damaged = queue.truncatedBelow();
    }
    Path segment = directory.resolve(SegmentHeader.fileName(damaged));
    DamagedQueue.flip(segment, SegmentHeader.BYTES + FrameHeader.BYTES + 20);
    try (PersistentQueue queue = open(directory, compression, clock)) {
      List<Lease> leases = QueueFixture.leaseAll(queue);
      leases.get(0).acknowledge();
      leases.get(2).acknowledge(0, 1);
      leases.get(5).acknowledge();
      queue.reserve(2_000);
    }
    Files.delete(directory.resolve(STRANGER));
    Files.delete(directory.resolve(DirectoryLock.FILE_NAME));
  }
}
