package io.forebay.destination.localstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.NodeListener;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.config.DataSize;
import io.forebay.core.item.Item;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import io.forebay.destination.localstorage.LocalStorageConfig.Encoding;
import io.forebay.destination.localstorage.LocalStorageConfig.PathPrefixSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalStorageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir private Path root;

  private final SettableClock clock = new SettableClock("2026-11-21T23:59:59.123Z");
  private final List<Destination> opened = new ArrayList<>();

  @AfterEach
  void closeAll() {
    opened.forEach(destination -> destination.close().block(PATIENCE));
  }

  @Test
  void deliveredMeansThatTheBytesAreInAWholeMemberOfThePart() throws Exception {
    Destination destination = open(ArchiveCompression.GZIP, NEVER, "16MB", null);

    send(destination, Items.many(3));

    assertThat(Archives.files(root)).isEmpty();
    Path part = part();
    assertThat(lines(part)).isEqualTo(Items.lines(Items.many(3)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
        .isEqualTo("rw-------");
  }

  @Test
  void closingGivesTheFileItsName() throws Exception {
    Destination destination = open(ArchiveCompression.GZIP, NEVER, "16MB", null);
    send(destination, Items.many(3));
    send(destination, Items.many(2));

    destination.close().block(PATIENCE);

    Path file = onlyFile();
    assertThat(root.relativize(file).toString())
        .matches("2026/11/21/23/20261121T235959123Z-out-[0-9a-f]{8}\\.json\\.gz");
    List<String> expected = new ArrayList<>(Items.lines(Items.many(3)));
    expected.addAll(Items.lines(Items.many(2)));
    assertThat(lines(file)).isEqualTo(expected);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void aFullFileIsFinishedAtOnce() throws Exception {
    Destination destination = open(ArchiveCompression.UNCOMPRESSED, NEVER, "1KB", null);

    send(destination, Items.many(50));
    send(destination, Items.many(50));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Archives.files(root)).hasSize(2));
    assertThat(lines(Archives.files(root).get(0))).isEqualTo(Items.lines(Items.many(50)));
  }

  @Test
  void anOldFileIsFinishedWithoutFurtherData() {
    Destination destination = open(ArchiveCompression.ZSTD, Duration.ofMillis(50), "16MB", null);

    send(destination, Items.many(3));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lines(onlyFile())).isEqualTo(Items.lines(Items.many(3))));
  }

  @Test
  void anotherHourIsAnotherFile() throws Exception {
    Destination destination = open(ArchiveCompression.GZIP, NEVER, "16MB", null);
    send(destination, Items.many(3));
    clock.set("2026-11-22T00:00:01Z");
    send(destination, Items.many(2));

    destination.close().block(PATIENCE);

    assertThat(Archives.files(root))
        .extracting(file -> root.relativize(file.getParent()).toString())
        .containsExactly("2026/11/21/23", "2026/11/22/00");
  }

  @Test
  void writesBodiesAloneUnderAPrefixOfOnesOwn() throws Exception {
    Destination destination =
        new LocalStorageDestinationFactory()
            .create(
                new LocalStorageConfig(
                    Contexts.settings(1, PATIENCE),
                    root,
                    ArchiveCompression.UNCOMPRESSED,
                    Encoding.RAW,
                    new PathPrefixSettings(List.of("tag", "Year", "5 Minute"), "logs/%s/%d-%02d/"),
                    NEVER,
                    DataSize.parse("16MB")),
                context());
    send(destination, Items.many(2));

    destination.close().block(PATIENCE);

    Path file = onlyFile();
    assertThat(root.relativize(file.getParent()).toString()).isEqualTo("logs/_.._t_ag/2026-55");
    assertThat(file.toString()).endsWith(".log");
    assertThat(Files.readString(file)).isEqualTo("line 0\nline 1\n");
  }

  @ParameterizedTest
  @EnumSource(ArchiveCompression.class)
  void aPartLeftByACrashIsFinishedAndItsTornTailKept(ArchiveCompression compression)
      throws Exception {
    Path leftover = crashed(compression);
    byte[] whole = Files.readAllBytes(leftover);
    byte[] torn = Arrays.copyOf(whole, Math.min(37, whole.length - 1));
    if (compression == ArchiveCompression.UNCOMPRESSED) {
      torn[torn.length - 1] = 'x';
    }
    Files.write(leftover, torn, StandardOpenOption.APPEND);

    Destination next = open(compression, NEVER, "16MB", null);
    send(next, Items.many(1));

    Path recovered = onlyFile();
    assertThat(lines(recovered)).isEqualTo(Items.lines(Items.many(3)));
    assertThat(Files.readAllBytes(recovered)).isEqualTo(whole);
    Path evidence =
        Archives.hidden(root, "out").stream()
            .filter(path -> path.toString().endsWith(FileNames.TORN))
            .findFirst()
            .orElseThrow();
    assertThat(Files.readAllBytes(evidence)).isEqualTo(torn);
  }

  @Test
  void aPartLeftByACrashIsFinishedAtTheStartThoughNothingComes() throws Exception {
    byte[] whole = Files.readAllBytes(crashed(ArchiveCompression.GZIP));

    Destination next = open(ArchiveCompression.GZIP, NEVER, "16MB", null);
    next.start().block(PATIENCE);

    assertThat(Files.readAllBytes(onlyFile())).isEqualTo(whole);
  }

  @Test
  void aStartThatCannotSucceedSaysWhy() throws Exception {
    Files.writeString(root.resolve(".forebay"), "no directory");

    Destination destination = open(ArchiveCompression.GZIP, NEVER, "16MB", null);

    assertThatThrownBy(() -> destination.start().block(PATIENCE))
        .hasMessageContaining("cannot write beneath " + root);
  }

  @ParameterizedTest
  @EnumSource(
      value = ArchiveCompression.class,
      names = {"GZIP", "ZSTD"})
  void aTailOfZeroesOrADamagedOneIsCutOff(ArchiveCompression compression) throws Exception {
    Path leftover = crashed(compression);
    byte[] whole = Files.readAllBytes(leftover);
    byte[] damaged = whole.clone();
    damaged[damaged.length - 3] ^= 1;
    for (byte[] tail : List.of(new byte[100], damaged)) {
      Path copy =
          leftover.resolveSibling(
              "20261121T235959123Z-out-" + tail.length + extension(compression) + ".part");
      Files.write(copy, whole);
      Files.write(copy, tail, StandardOpenOption.APPEND);
    }

    send(open(compression, NEVER, "16MB", null), Items.many(1));

    assertThat(Archives.files(root)).hasSize(3);
    for (Path file : Archives.files(root)) {
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  @Test
  void aPartWithoutAnythingWholeLeavesOnlyEvidence() throws Exception {
    Path leftover = crashed(ArchiveCompression.GZIP);
    Files.write(leftover, new byte[] {0x1f, (byte) 0x8b, 8});

    send(open(ArchiveCompression.GZIP, NEVER, "16MB", null), Items.many(1));

    assertThat(Archives.files(root)).isEmpty();
    assertThat(Archives.hidden(root, "out")).anyMatch(p -> p.toString().endsWith(".torn"));
  }

  @Test
  void twoNodesOfOneNameDoNotShareADirectory() {
    send(open(ArchiveCompression.GZIP, NEVER, "16MB", null), Items.many(1));

    SendResult second =
        open(ArchiveCompression.GZIP, NEVER, "16MB", null)
            .send(Items.batch(Items.many(1)))
            .block(PATIENCE);

    assertThat(((Retry) second).why()).contains("held by another");
  }

  @Test
  void aDirectoryThatWasRemovedIsMadeAgain() throws Exception {
    Destination destination = open(ArchiveCompression.GZIP, Duration.ofMillis(30), "16MB", null);
    send(destination, Items.many(1));
    Awaitility.await().atMost(PATIENCE).until(() -> !Archives.files(root).isEmpty());
    deleteAll(root);

    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                destination.send(Items.batch(Items.many(2))).block(PATIENCE) instanceof Delivered
                    && !Archives.files(root).isEmpty());
  }

  @Test
  void keepsUpWithManySmallFiles() throws Exception {
    Destination destination = open(ArchiveCompression.GZIP, NEVER, "1B", null);
    for (int i = 0; i < 100; i++) {
      send(destination, List.of(Items.numbered(i)));
      clock.advance(Duration.ofMillis(1));
    }

    destination.close().block(PATIENCE);
    assertThat(Archives.files(root)).hasSize(100);
    assertThat(lines(Archives.files(root).get(42)))
        .isEqualTo(Items.lines(List.of(Items.numbered(42))));
  }

  /** A part as a killed process leaves it: three items, no final name. */
  private Path crashed(ArchiveCompression compression) throws IOException {
    Destination destination = open(compression, NEVER, "16MB", null);
    send(destination, Items.many(3));
    Path part = part();
    byte[] bytes = Files.readAllBytes(part);
    destination.close().block(PATIENCE);
    opened.clear();
    for (Path file : Archives.files(root)) {
      Files.delete(file);
    }
    Files.write(part, bytes);
    return part;
  }

  private static String extension(ArchiveCompression compression) {
    return ".json" + compression.fileExtension();
  }

  private Path part() throws IOException {
    return Archives.hidden(root, "out").stream()
        .filter(path -> path.toString().endsWith(FileNames.PART))
        .findFirst()
        .orElseThrow();
  }

  private Path onlyFile() throws IOException {
    List<Path> files = Archives.files(root);
    assertThat(files).hasSize(1);
    return files.get(0);
  }

  private static List<String> lines(Path file) throws IOException {
    byte[] bytes = Archives.read(file);
    return Items.split(bytes, bytes.length);
  }

  private static void send(Destination destination, List<Item> items) {
    assertThat(destination.send(Items.batch(items)).block(PATIENCE)).isInstanceOf(Delivered.class);
  }

  private Destination open(
      ArchiveCompression compression,
      Duration flushInterval,
      String size,
      PathPrefixSettings prefix) {
    Destination destination =
        new LocalStorageDestinationFactory()
            .create(
                new LocalStorageConfig(
                    Contexts.settings(4, PATIENCE),
                    root,
                    compression,
                    Encoding.JSON,
                    prefix,
                    flushInterval,
                    DataSize.parse(size)),
                context());
    opened.add(destination);
    return destination;
  }

  private ComponentContext context() {
    return new ComponentContext(
        "out", "/../t/ag", Path.of("/nonexistent"), clock, new Random(7), NodeListener.NONE);
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static final class SettableClock extends Clock {
    private final AtomicReference<Instant> now;

    SettableClock(String start) {
      now = new AtomicReference<>(Instant.parse(start));
    }

    void set(String time) {
      now.set(Instant.parse(time));
    }

    void advance(Duration by) {
      now.updateAndGet(time -> time.plus(by));
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
