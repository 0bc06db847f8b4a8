package io.forebay.agent.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.queue.RecordImport.Outcome;
import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines go into a queue once, and whoever imports them knows how far it came, whatever happens. */
@Timeout(60)
class ImportTest {

  /** Several batches; each tenth line is blank. */
  private static final int LINES = 30_000;

  @TempDir Path temp;

  private Path queue() {
    return temp.resolve("queue");
  }

  private Path file() {
    return temp.resolve("lines");
  }

  @BeforeEach
  void lines() throws IOException {
    Files.writeString(
        file(),
        IntStream.range(0, LINES)
            .mapToObj(n -> n % 10 == 9 ? "\n" : "{\"n\":" + n + "}\n")
            .collect(Collectors.joining()));
  }

  private Outcome run(@Nullable Long skip, BooleanSupplier stop) throws IOException {
    try (InputStream in = Files.newInputStream(file())) {
      return new RecordImport(QueueLocation.directory(queue()), in, file(), stop, bytes -> {})
          .run(skip, true);
    }
  }

  private int runUntilKilled(int lines) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ImportUnderKill.class.getName(),
                queue().toString(),
                file().toString(),
                Integer.toString(lines))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (QueueScan scan = new QueueScan(queue(), ScanOptions.UNDELIVERED, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          String text =
              new String(frame.bytes(), frame.offset(i), frame.length(i), StandardCharsets.UTF_8);
          numbers.add(Integer.parseInt(text.replaceAll("\\D", "")));
        }
      }
    }
    return numbers;
  }

  private static List<Integer> all() {
    return IntStream.range(0, LINES).filter(n -> n % 10 != 9).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 18_500, 29_999})
  void killed_andRunAgain_saysHowFarItCame(int lines) throws Exception {
    assertThat(runUntilKilled(lines))
        .as(() -> "see " + temp.resolve("log"))
        .isEqualTo(ImportUnderKill.DIED);
    int arrived = numbers().size();
    assertThat(arrived).isPositive();

    Outcome told = run(null, () -> false);

    assertThat(told.records()).isZero();
    assertThat(told.trouble()).contains("was killed");
    assertThat(numbers()).hasSize(arrived);
    Outcome rest = run(told.lines(), () -> false);
    assertThat(rest.trouble()).isNull();
    assertThat(rest.records()).isEqualTo(all().size() - arrived);
    assertThat(numbers()).isEqualTo(all());
    assertThat(queue().resolve("importing")).doesNotExist();
  }

  /** As when it dies while a batch is written, so that a part of it is there. */
  @Test
  void killedWithinABatch_comparesWhatIsThere() throws IOException {
    assertThat(run(0L, () -> false).trouble()).isNull();
    long epoch = new QueueInspector(queue()).summary().epoch();
    Files.writeString(file(), Files.readString(file()) + "{\"n\":30000}\n");
    new ImportNote(queue()).write(new ImportNote.Entry(file(), epoch, 20_000, 18_000));

    Outcome told = run(null, () -> false);

    assertThat(told.lines()).isEqualTo(LINES - 1); // and a blank one
    assertThat(run(told.lines(), () -> false).records()).isEqualTo(1);
  }

  @Test
  void killed_whatWasDeliveredSince_isNotTakenForImported() throws IOException {
    assertThat(run(0L, () -> false).trouble()).isNull();
    long epoch = new QueueInspector(queue()).summary().epoch();
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(queue()))) {
      for (Lease lease = queue.lease(100_000, 1 << 20);
          lease != null;
          lease = queue.lease(100_000, 1 << 20)) {
        lease.acknowledge();
      }
    }
    try (var segments = Files.newDirectoryStream(queue(), "*.seg")) {
      for (Path segment : segments) {
        Files.delete(segment);
      }
    }
    new ImportNote(queue()).write(new ImportNote.Entry(file(), epoch, 20_000, 18_000));

    assertThat(run(null, () -> false).lines()).isEqualTo(20_000);
  }

  @Test
  void anotherFile_isImported_thoughOneWasKilled() throws Exception {
    assertThat(runUntilKilled(10_000)).isEqualTo(ImportUnderKill.DIED);
    int arrived = numbers().size();
    Path other = Files.writeString(temp.resolve("other"), "{\"n\":1}\n");
    try (InputStream in = Files.newInputStream(other)) {
      Outcome outcome =
          new RecordImport(QueueLocation.directory(queue()), in, other, () -> false, bytes -> {})
              .run(null, true);
      assertThat(outcome).isEqualTo(new Outcome(1, 1, 0, null));
    }
    assertThat(numbers()).hasSize(arrived + 1);
  }

  @Test
  void stopped_saysHowFarItCame() throws IOException {
    int[] asked = new int[1];
    Outcome outcome = run(null, () -> ++asked[0] > 12_345);

    assertThat(outcome.trouble()).contains("stopped");
    assertThat(outcome.left()).isEqualTo(RecordImport.UNKNOWN);
    assertThat(run(outcome.lines(), () -> false).trouble()).isNull();
    assertThat(numbers()).isEqualTo(all());
  }
}
