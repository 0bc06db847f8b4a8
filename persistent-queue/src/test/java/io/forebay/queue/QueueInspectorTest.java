package io.forebay.queue;

import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reader without the lock sees of a queue: at rest, damaged, torn, and in use. */
@Timeout(60)
class QueueInspectorTest {

  /** Of one record of 100 bytes. */
  private static final int FRAME_BYTES = FrameHeader.BYTES + Integer.BYTES + 100;

  @TempDir Path directory;

  private QueueOptions options() {
    return QueueFixture.options(directory, 8 << 20, 4096, Overflow.DROP_NEWEST, QueueListener.NONE);
  }

  /** One frame a record, 27 frames a segment. */
  private void fill(PersistentQueue queue, int first, int count) {
    for (int i = first; i < first + count; i++) {
      store(queue, numbered(i, 1, 100));
    }
  }

  private QueueCheck check() throws IOException {
    return new QueueInspector(directory).check(bytes -> {});
  }

  private List<Integer> numbers(ScanOptions options) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (QueueScan scan = new QueueScan(directory, options, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          if (options.settledToo() || !frame.isSettled(i)) {
            numbers.add(ByteBuffer.wrap(frame.bytes()).getInt(frame.offset(i)));
          }
        }
      }
    }
    return numbers;
  }

  private Path segment(long first) {
    return directory.resolve(SegmentHeader.fileName(first));
  }

  private static void flip(Path file, long offset) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[(int) offset] ^= 1;
    Files.write(file, content);
  }

  private static void cut(Path file, long bytes) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, (int) (content.length - bytes)));
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        files.put(String.valueOf(path.getFileName()), Files.readAllBytes(path));
      }
    }
    return files;
  }

  @Test
  void summary_tellsWhatIsToBeDelivered() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
      leaseAll(queue).stream().limit(10).forEach(Lease::acknowledge);
    }

    QueueSummary summary = new QueueInspector(directory).summary();

    assertThat(summary.records()).isEqualTo(50);
    assertThat(summary.backlogBytes()).isEqualTo(50L * FRAME_BYTES);
    assertThat(summary.frontier()).isEqualTo(10);
    assertThat(summary.nextSequence()).isEqualTo(60);
    assertThat(summary.oldestSequence()).isEqualTo(10);
    assertThat(summary.oldestMillis())
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
    assertThat(summary.segments()).isEqualTo(3);
    assertThat(summary.stateSound()).isTrue();
    assertThat(summary.tailBytes()).isZero();
    long onDisk = files().values().stream().mapToLong(bytes -> bytes.length).sum();
    assertThat(summary.diskBytes()).isEqualTo(onDisk);
  }

  @Test
  void scan_givesWhatIsUndelivered_orAll_orFromANumber() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
      List<Lease> leases = leaseAll(queue);
      leases.subList(0, 5).forEach(Lease::acknowledge);
      leases.get(7).acknowledge();
    }

    assertThat(numbers(ScanOptions.UNDELIVERED)).hasSize(54).startsWith(5, 6, 8).endsWith(59);
    assertThat(numbers(ScanOptions.EVERYTHING)).hasSize(60).startsWith(0, 1, 2);
    assertThat(numbers(new ScanOptions(57, false, Long.MIN_VALUE, false)))
        .containsExactly(57, 58, 59);
    assertThat(numbers(new ScanOptions(0, false, System.currentTimeMillis() + 60_000, false)))
        .isEmpty();
  }

  @Test
  void looking_changesNothing() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
    }
    flip(segment(0), SegmentHeader.BYTES + FRAME_BYTES + 60);
    cut(segment(54), 7);
    Map<String, byte[]> before = files();

    new QueueInspector(directory).summary();
    check();
    numbers(ScanOptions.UNDELIVERED);

    assertThat(files()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void damagedFrames_areFound_andTheRestIsRead() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
    }
    flip(segment(0), SegmentHeader.BYTES + 3 * FRAME_BYTES + 60); // a body
    flip(segment(27), SegmentHeader.BYTES + 2); // a frame's magic

    QueueCheck check = check();

    assertThat(check.well()).isFalse();
    assertThat(check.frames()).isEqualTo(58);
    assertThat(check.lostRecords()).isEqualTo(2);
    assertThat(check.listed())
        .extracting(Damage::file, Damage::offset, Damage::bytes, Damage::fromSequence)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                segment(0), (long) SegmentHeader.BYTES + 3 * FRAME_BYTES, (long) FRAME_BYTES, 3L),
            org.assertj.core.groups.Tuple.tuple(
                segment(27), (long) SegmentHeader.BYTES, (long) FRAME_BYTES, 27L));
    assertThat(numbers(ScanOptions.UNDELIVERED)).hasSize(58).doesNotContain(3, 27);
  }

  @Test
  void aFlippedByteAnywhereInAFrame_isFound() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    byte[] sound = Files.readAllBytes(segment(0));
    int begin = SegmentHeader.BYTES + 2 * FRAME_BYTES;
    for (int at = begin; at < begin + FRAME_BYTES; at += 3) {
      byte[] content = sound.clone();
      content[at] ^= 4;
      Files.write(segment(0), content);

      QueueCheck check = check();

      assertThat(check.well()).as("byte %s", at).isFalse();
      assertThat(check.lostRecords()).as("byte %s", at).isEqualTo(1);
      assertThat(check.frames()).isEqualTo(4);
    }
  }

  @Test
  void damageToWhatWasDelivered_isTold_andCostsNothing() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 20);
      leaseAll(queue).stream().limit(10).forEach(Lease::acknowledge);
    }
    flip(segment(0), SegmentHeader.BYTES + 3 * FRAME_BYTES + 60);

    QueueCheck check = check();

    assertThat(check.well()).isTrue();
    assertThat(check.damages()).isEqualTo(1);
    assertThat(check.lostRecords()).isZero();
  }

  @Test
  void tornTail_isNoDamage() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    byte[] frame =
        Arrays.copyOfRange(
            Files.readAllBytes(segment(0)), SegmentHeader.BYTES, SegmentHeader.BYTES + 90);
    Files.write(segment(0), frame, StandardOpenOption.APPEND);

    QueueCheck check = check();

    assertThat(check.well()).isTrue();
    assertThat(check.damages()).isZero();
    assertThat(check.tailBytes()).isEqualTo(90);
    assertThat(check.undelivered()).isEqualTo(5);
    assertThat(new QueueInspector(directory).summary().tailBytes()).isEqualTo(90);
  }

  @Test
  void tornTail_ofASegmentThatOthersFollow_isNoDamage() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    Files.write(segment(0), new byte[70], StandardOpenOption.APPEND);
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 5, 5);
    }

    QueueCheck check = check();

    assertThat(check.damages()).isZero();
    assertThat(check.undelivered()).isEqualTo(10);
  }

  @Test
  void recordsMissingAtTheEnd_areDamage_whenTheStateTellsOfThem() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    cut(segment(0), 7);

    QueueCheck check = check();

    assertThat(check.well()).isFalse();
    assertThat(check.lostRecords()).isEqualTo(1);
    assertThat(check.listed().get(0).fromSequence()).isEqualTo(4);
  }

  @Test
  void missingSegments_areDamage_unlessTheyWereDelivered() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 100);
      leaseAll(queue).stream().limit(30).forEach(Lease::acknowledge);
    }
    assertThat(check().damages()).isZero(); // the first one went when it was delivered
    Files.delete(segment(54));

    QueueCheck check = check();

    assertThat(check.well()).isFalse();
    assertThat(check.lostRecords()).isEqualTo(27);
    assertThat(check.listed().get(0).fromSequence()).isEqualTo(54);
    assertThat(check.listed().get(0).toSequence()).isEqualTo(81);
  }

  @Test
  void allSegmentsGone_isDamage_unlessTheQueueWasEmpty() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    Files.delete(segment(0));
    assertThat(check().lostRecords()).isEqualTo(5);
  }

  @Test
  void damagedSegmentHeader_costsNoRecord_andIsTold() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 40);
    }
    flip(segment(27), 20);

    QueueCheck check = check();

    assertThat(check.well()).isFalse();
    assertThat(check.lostRecords()).isZero();
    assertThat(check.undelivered()).isEqualTo(40);
    assertThat(check.listed()).hasSize(1);
  }

  @Test
  void unsoundState_isTold_andEverythingCounts() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
      leaseAll(queue).get(0).acknowledge();
    }
    Files.write(directory.resolve("state"), new byte[8192]);

    assertThat(check().stateSound()).isFalse();
    assertThat(check().well()).isFalse();
    assertThat(new QueueInspector(directory).summary().records()).isEqualTo(5);
  }

  @Test
  void anotherQueuesSegment_isTold() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 40);
    }
    byte[] content = Files.readAllBytes(segment(27));
    ByteBuffer.wrap(content).putLong(8, 4711);
    CRC32C crc = new CRC32C();
    crc.update(content, 0, 36);
    ByteBuffer.wrap(content).putInt(36, (int) crc.getValue());
    Files.write(segment(27), content);

    assertThat(check().well()).isFalse();
    assertThat(check().listed().get(0).what()).contains("another queue");
  }

  @Test
  void compressedFrames_areRead() throws IOException {
    try (PersistentQueue queue =
        PersistentQueue.open(QueueFixture.with(options(), Compression.ZSTD))) {
      store(queue, numbered(0, 100, 100));
    }

    assertThat(numbers(ScanOptions.UNDELIVERED)).hasSize(100);
    assertThat(check().well()).isTrue();
  }

  @Test
  void newerFormat_isRefused() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 5);
    }
    byte[] content = Files.readAllBytes(segment(0));
    ByteBuffer.wrap(content).putInt(4, 2);
    CRC32C crc = new CRC32C();
    crc.update(content, 0, 36);
    ByteBuffer.wrap(content).putInt(36, (int) crc.getValue());
    Files.write(segment(0), content);

    assertThatThrownBy(this::check)
        .isInstanceOf(QueueFormatException.class)
        .hasMessageContaining(segment(0).toString())
        .hasMessageContaining("format 2");
  }

  @Test
  void aDirectoryThatIsNotThere_isSaidSo() {
    assertThatThrownBy(() -> new QueueInspector(directory.resolve("none")).summary())
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void holder_isTheProcessThatHasTheQueueOpen() throws IOException {
    QueueInspector inspector = new QueueInspector(directory);
    assertThat(inspector.holder()).isEmpty();
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 1);
      assertThat(inspector.holder()).hasValue(ProcessHandle.current().pid());
    }
    assertThat(inspector.holder()).isEmpty();
  }

  @Test
  void besideAWriterAndAReader_noDamageIsSeen() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      Thread worker =
          new Thread(
              () -> {
                try {
                  for (int i = 0; !stop.get(); i += 20) {
                    store(queue, numbered(i, 20, 100));
                    Lease lease = queue.lease(15, 1 << 20);
                    if (lease != null) {
                      lease.acknowledge();
                    }
                  }
                } catch (IOException | RuntimeException e) {
                  failure.compareAndSet(null, e);
                }
              });
      worker.start();
      try {
        long until = System.nanoTime() + 1_500_000_000L;
        int checks = 0;
        while (System.nanoTime() < until) {
          QueueCheck check = check();
          assertThat(check.listed()).isEmpty();
          assertThat(check.well()).isTrue();
          new QueueInspector(directory).summary();
          checks++;
        }
        assertThat(checks).isPositive();
      } finally {
        stop.set(true);
        worker.join();
      }
      assertThat(failure.get()).isNull();
    }
  }

  @Test
  void following_seesEveryRecordOnce_alsoWhenSegmentsAreRemovedBehindIt() throws Exception {
    int last = 3_000;
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      store(queue, numbered(0, 1, 100));
      ScanOptions follow = new ScanOptions(0, true, Long.MIN_VALUE, true);
      List<Damage> damages = new ArrayList<>();
      try (QueueScan scan = new QueueScan(directory, follow, damages::add)) {
        Thread writer =
            new Thread(
                () -> {
                  for (int i = 1; i < last; i += 7) {
                    store(queue, numbered(i, 7, 100));
                  }
                });
        writer.start();
        long expected = 0;
        while (expected < last) {
          StoredFrame frame = scan.next();
          if (frame == null) {
            Thread.sleep(1);
            continue;
          }
          assertThat(frame.firstSequence()).isEqualTo(expected);
          expected += frame.count();
          Lease lease = queue.lease(1000, 1 << 20);
          while (lease != null && lease.firstSequence() + lease.count() <= expected) {
            lease.acknowledge();
            lease = queue.lease(1000, 1 << 20);
          }
          if (lease != null) {
            lease.release();
          }
        }
        writer.join();
      }
      assertThat(damages).isEmpty();
    }
  }
}
