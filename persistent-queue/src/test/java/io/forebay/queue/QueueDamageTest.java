package io.forebay.queue;

import static io.forebay.queue.QueueFixture.append;
import static io.forebay.queue.QueueFixture.batch;
import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.number;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;
import static io.forebay.queue.QueueFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is left of a queue, and what is said of the rest, when bytes or the disk go bad. */
class QueueDamageTest {

  /** Of one record of 100 bytes. */
  private static final int FRAME_BYTES = FrameHeader.BYTES + Integer.BYTES + 100;

  private final CrashStorage disk = new CrashStorage();
  private final QueueFixture.Reports reports = new QueueFixture.Reports();
  private final QueueOptions options =
      QueueFixture.options(Path.of("memory"), 256 * 1024, 4096, Overflow.DROP_NEWEST, reports);

  private static String segment(long first) {
    return SegmentHeader.fileName(first);
  }

  private static int frameAt(int index) {
    return SegmentHeader.BYTES + index * FRAME_BYTES;
  }

  /** One frame a record. */
  private void fill(int records) throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      for (int i = 0; i < records; i++) {
        store(queue, numbered(i, 1, 100));
      }
    }
  }

  private List<Integer> drain(PersistentQueue queue) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Lease lease : leaseAll(queue)) {
      numbers.add(number(lease, 0));
      assertThat(lease.firstSequence()).isEqualTo(number(lease, 0));
      lease.acknowledge();
    }
    return numbers;
  }

  /** As after an agent was put back to an older version, and forth, and back again. */
  @Test
  void aNewerFormatFarBehindTheFront_isToldOnceReadingGetsThere_andNothingIsDeleted()
      throws IOException {
    fill(27 * 5);
    byte[] newer = disk.content(segment(27 * 3));
    ByteBuffer header = ByteBuffer.wrap(newer);
    header.putInt(4, 2);
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(SegmentHeader.BYTES - 4));
    header.putInt(SegmentHeader.BYTES - 4, (int) crc.getValue());
    disk.replace(segment(27 * 3), newer);
    try (PersistentQueue queue = disk.open(options)) {
      List<Integer> before = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (true) {
                  Lease lease = Objects.requireNonNull(queue.lease(1, 1 << 20));
                  before.add(number(lease, 0));
                  lease.acknowledge();
                }
              })
          .isInstanceOf(QueueFormatException.class);
      // What follows the last record of a segment stands in the header of the next one.
      assertThat(before).hasSizeBetween(27 * 2, 27 * 3).startsWith(0, 1, 2);
      assertThat(reports.diskTroubles)
          .last()
          .asString()
          .endsWith(
              "read: memory/"
                  + segment(27 * 3)
                  + ": written in format 2; this version reads format 1. Drain it with the version"
                  + " that wrote it, or give this one another directory");
      assertThat(queue.statistics().diskFailing()).isTrue();
      assertThat(store(queue, numbered(135, 1, 100))).isEqualTo(135);
      assertThat(queue.statistics().diskFailing()).as("appends go on, reads do not").isTrue();
      assertThat(disk.content(segment(27 * 3))).isEqualTo(newer);
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void damagedPayload_costsItsFrame_andIsKeptAside() throws IOException {
    fill(5);
    disk.damage(segment(0), frameAt(2) + FrameHeader.BYTES + 50);
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(drain(queue)).containsExactly(0, 1, 3, 4);
      assertThat(reports.dropped).containsOnly(java.util.Map.entry(DropReason.DAMAGED, 1L));
      assertThat(reports.damages)
          .containsExactly(
              segment(0) + "@" + frameAt(2) + ": the checksum of a frame does not fit");
      await().untilAsserted(() -> assertThat(evidence()).hasSize(1));
      assertThat(disk.content(evidence().iterator().next())).hasSize(FRAME_BYTES);
      await()
          .untilAsserted(
              () -> assertThat(queue.statistics().diskBytes()).isEqualTo(disk.totalBytes()));
    }
  }

  /** A writer that is late runs the timer that was due before what it was asked to do later. */
  @Test
  void damagedBytes_areKept_thoughTheSaveThatLetsTheirSegmentGoComesFirst() throws IOException {
    fill(5);
    disk.damage(segment(0), frameAt(2) + FrameHeader.BYTES + 50);
    TestClock clock = new TestClock(1_700_000_000_000L);
    ManualLoop timers = new ManualLoop(clock);
    List<Runnable> asked = new ArrayList<>();
    WriterLoop late =
        new WriterLoop() {
          @Override
          public void execute(Runnable task) {
            asked.add(task);
          }

          @Override
          public void schedule(Runnable task, long delayMillis) {
            timers.schedule(task, delayMillis);
          }

          @Override
          public void runAndWait(Runnable task) {
            asked.forEach(Runnable::run);
            task.run();
          }

          @Override
          public void shutdown() {
            timers.shutdown();
          }
        };
    try (PersistentQueue queue = Recovery.open(options, disk.storage(), late)) {
      assertThat(drain(queue)).containsExactly(0, 1, 3, 4);
      timers.advance(25);
      assertThat(disk.fileNames()).doesNotContain(segment(0));
      assertThat(evidence()).hasSize(1);
    }
    assertThat(evidence()).hasSize(1);
  }

  private Set<String> evidence() {
    Set<String> names = new java.util.TreeSet<>(disk.fileNames());
    names.removeIf(name -> !name.startsWith("damaged-"));
    return names;
  }

  @Test
  void damagedFrameHeader_costsItsFrame() throws IOException {
    fill(5);
    disk.damage(segment(0), frameAt(1) + 5);
    disk.damage(segment(0), frameAt(2));
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(drain(queue)).containsExactly(0, 3, 4);
      assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 2L);
      assertThat(queue.statistics().records()).isZero();
    }
  }

  @Test
  void damage_isCountedOnce_thoughTheSegmentStays() throws IOException {
    fill(5);
    disk.damage(segment(0), frameAt(1) + 5);
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(leaseAll(queue)).hasSize(4);
    }
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().records()).isEqualTo(4);
      assertThat(drain(queue)).containsExactly(0, 2, 3, 4);
      assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 1L);
    }
  }

  @Test
  void lastFrame_damagedAfterACleanClose_isCounted() throws IOException {
    fill(5);
    disk.damage(segment(0), frameAt(4) + FrameHeader.BYTES + 50);
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(drain(queue)).containsExactly(0, 1, 2, 3);
      assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 1L);
      assertThat(store(queue, numbered(5, 1, 100))).isEqualTo(5);
    }
  }

  @Test
  void damagedSegmentHeader_costsNothing() throws IOException {
    fill(60);
    assertThat(disk.fileNames()).hasSizeGreaterThan(3);
    disk.fileNames().stream()
        .filter(name -> name.endsWith(".seg"))
        .forEach(name -> disk.damage(name, 9));
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(drain(queue)).hasSize(60);
      assertThat(reports.dropped).isEmpty();
    }
  }

  /** Found by the search of crash points: every record before the new segment was given up. */
  @Test
  void newSegment_thatShowsAnOlderOnesHeader_takesNoRecordAlong() throws IOException {
    fill(5);
    byte[] stale = Arrays.copyOf(disk.content(segment(0)), SegmentHeader.BYTES);
    try (Storage storage = disk.storage();
        StorageFile torn = storage.create(segment(5))) {
      torn.write(ByteBuffer.wrap(stale), 0);
    }
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(drain(queue)).containsExactly(0, 1, 2, 3, 4);
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void missingSegment_isAGap_andCounted() throws IOException {
    fill(100);
    List<String> segments =
        disk.fileNames().stream().filter(name -> name.endsWith(".seg")).sorted().toList();
    long from = SegmentHeader.firstSequence(segments.get(1));
    long to = SegmentHeader.firstSequence(segments.get(2));
    disk.remove(segments.get(1));
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().records()).isEqualTo(100);
      assertThat(drain(queue)).hasSize((int) (100 - (to - from))).contains(0, (int) to, 99);
      assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, to - from);
    }
  }

  @Test
  void tornTail_isNotThere_andNoDamage() throws IOException {
    PersistentQueue queue = disk.open(options);
    store(queue, numbered(0, 1, 100));
    byte[] before = disk.content(segment(0));
    disk.failSyncs(true);
    assertThat(queue.append(numbered(1, 1, 100)).toCompletableFuture())
        .failsWithin(java.time.Duration.ofSeconds(10));
    assertThat(disk.content(segment(0)).length).isGreaterThan(before.length);
    disk.crash(new Random(3));
    try (PersistentQueue again = disk.open(options)) {
      List<Integer> found = drain(again);
      assertThat(found.get(0)).isZero();
      assertThat(reports.dropped).isEmpty();
      assertThat(again.append(numbered(2, 1, 100)).toCompletableFuture())
          .succeedsWithin(java.time.Duration.ofSeconds(10));
    }
  }

  @Test
  void failedSync_failsTheAppend_andItsRecordIsNeverShown() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, batch("before"));
      disk.failSyncs(true);
      assertThat(queue.append(batch("failed")).toCompletableFuture())
          .failsWithin(java.time.Duration.ofSeconds(10))
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withCauseInstanceOf(IOException.class);
      assertThat(queue.statistics().diskFailing()).isTrue();
      disk.heal();
      store(queue, batch("after"));
      assertThat(queue.statistics().diskFailing()).isFalse();
      assertThat(texts(leaseAll(queue))).containsExactly("before", "after");
      assertThat(reports.diskFailures).isPositive();
      assertThat(reports.diskRecoveries).isEqualTo(1);
    }
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(texts(leaseAll(queue))).containsExactly("before", "after");
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void damagedRecord_largerThanASegment_costsItselfOnly() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, numbered(0, 1, 100));
      store(queue, numbered(1, 1, 20_000));
      store(queue, numbered(2, 1, 100));
    }
    disk.damage(segment(1), 15_000);
    try (PersistentQueue queue = disk.open(options)) {
      List<Lease> leases = leaseAll(queue);
      assertThat(leases.stream().map(lease -> number(lease, 0))).containsExactly(0, 2);
      assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 1L);
    }
  }

  @Test
  void crashWithinARecord_largerThanASegment_leavesATornTail() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, numbered(0, 1, 100));
    }
    Map<String, byte[]> before = new HashMap<>();
    disk.fileNames().forEach(name -> before.put(name, disk.content(name)));
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, numbered(1, 1, 20_000));
    }
    // As a crash in the middle of the write leaves it, before the state tells of the record.
    disk.replace("state", Objects.requireNonNull(before.get("state")));
    disk.replace(segment(1), Arrays.copyOf(disk.content(segment(1)), 9_000));
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, numbered(2, 1, 20_000));
      List<Lease> leases = leaseAll(queue);
      assertThat(leases.stream().map(lease -> number(lease, 0))).containsExactly(0, 2);
      assertThat(leases.get(1).length(0)).isEqualTo(20_000);
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void segments_stay_whileTheStateThatLetsThemGoIsNotDurable() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      for (int i = 0; i < 60; i++) {
        store(queue, numbered(i, 1, 100));
      }
      List<Lease> leases = leaseAll(queue);
      Set<String> before = disk.fileNames();
      disk.failSyncs(true);
      leases.forEach(Lease::acknowledge);
      await().until(() -> reports.diskFailures > 0);
      assertThat(disk.fileNames()).isEqualTo(before);
      disk.heal();
      await().untilAsserted(() -> assertThat(queue.statistics().segments()).isZero());
    }
  }

  @Test
  void fullDisk_failsAppends_untilThereIsSpace() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      store(queue, numbered(0, 1, 100));
      disk.capacity(disk.totalBytes() + 60);
      for (int i = 0; i < 5; i++) {
        assertThat(queue.append(numbered(100, 1, 100)).toCompletableFuture())
            .failsWithin(java.time.Duration.ofSeconds(10));
      }
      disk.heal();
      store(queue, numbered(1, 1, 100));
      List<Lease> leases = leaseAll(queue);
      assertThat(leases.stream().map(lease -> number(lease, 0))).containsExactly(0, 1);
      assertThat(queue.statistics().records()).isEqualTo(2);
      assertThat(disk.totalBytes()).isLessThan(10_000);
    }
  }

  @Test
  void anEmptyQueue_forgetsAFailureThatIsOver() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      disk.failSyncs(true);
      assertThat(queue.append(batch("failed")).toCompletableFuture())
          .failsWithin(java.time.Duration.ofSeconds(10));
      assertThat(queue.statistics().diskFailing()).isTrue();
      disk.heal();
      await()
          .atMost(java.time.Duration.ofSeconds(20))
          .until(() -> !queue.statistics().diskFailing());
      assertThat(reports.diskRecoveries).isEqualTo(1);
    }
  }

  @Test
  void newerFormat_isRefused_andUntouched() throws IOException {
    fill(3);
    byte[] newer = disk.content(segment(0));
    ByteBuffer header = ByteBuffer.wrap(newer);
    header.putInt(4, 2);
    CRC32C crc = new CRC32C();
    crc.update(newer, 0, SegmentHeader.BYTES - 4);
    header.putInt(SegmentHeader.BYTES - 4, (int) crc.getValue());
    disk.replace(segment(0), newer);
    long bytes = disk.totalBytes();
    assertThatThrownBy(() -> disk.open(options))
        .isInstanceOf(QueueFormatException.class)
        .hasMessageContaining("format 2")
        .hasMessageContaining(segment(0));
    assertThat(disk.totalBytes()).isEqualTo(bytes);
    assertThat(disk.content(segment(0))).isEqualTo(newer);
  }

  @Test
  void anySingleFlippedByte_neverStopsTheQueue_norAltersARecord() throws IOException {
    Random random = new Random(42);
    for (int round = 0; round < 300; round++) {
      CrashStorage one = new CrashStorage();
      try (PersistentQueue queue = one.open(options)) {
        for (int i = 0; i < 30; i++) {
          store(queue, numbered(i, 1, 100));
        }
      }
      List<String> names = one.fileNames().stream().sorted().toList();
      String name = names.get(random.nextInt(names.size()));
      one.damage(name, random.nextInt(one.content(name).length));
      reports.dropped.clear();
      try (PersistentQueue queue = one.open(options)) {
        List<Integer> found = drain(queue);
        long lost = reports.dropped.getOrDefault(DropReason.DAMAGED, 0L);
        assertThat(found).hasSize((int) (30 - lost)).isSorted();
        assertThat(lost).isLessThanOrEqualTo(1);
        assertThat(append(queue, batch("more"))).isInstanceOf(AppendResult.Stored.class);
      }
    }
  }
}
