package io.forebay.queue;

import static io.forebay.queue.QueueFixture.append;
import static io.forebay.queue.QueueFixture.batch;
import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.number;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.options;
import static io.forebay.queue.QueueFixture.store;
import static io.forebay.queue.QueueFixture.text;
import static io.forebay.queue.QueueFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A queue on a real directory. */
class PersistentQueueTest {

  @TempDir Path temp;

  private final QueueFixture.Reports reports = new QueueFixture.Reports();

  private QueueOptions small(Overflow overflow) {
    return options(temp.resolve("q"), 256 * 1024, 16 * 1024, overflow, reports);
  }

  private static Lease lease(PersistentQueue queue, int maxRecords) throws IOException {
    return Objects.requireNonNull(queue.lease(maxRecords, Integer.MAX_VALUE), "nothing is ready");
  }

  private long dropped() {
    return reports.dropped.getOrDefault(DropReason.OVERFLOW_OLDEST, 0L);
  }

  @ParameterizedTest
  @EnumSource
  void records_comeBackInOrder_afterReopening(Compression compression) throws IOException {
    QueueOptions options = QueueFixture.with(small(Overflow.DROP_NEWEST), compression);
    String repetitive = "a line that says the same ".repeat(40);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(store(queue, batch("one", "", repetitive))).isZero();
      assertThat(store(queue, batch("four"))).isEqualTo(3);
    }
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(queue.statistics().records()).isEqualTo(4);
      List<Lease> leases = leaseAll(queue);
      assertThat(texts(leases)).containsExactly("one", "", repetitive, "four");
      leases.forEach(Lease::acknowledge);
      assertThat(queue.statistics().records()).isZero();
      assertThat(queue.statistics().backlogBytes()).isZero();
    }
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(queue.hasReady()).isFalse();
      assertThat(store(queue, batch("five"))).isEqualTo(4);
    }
  }

  @Test
  void directory_isPrivate() throws IOException {
    PersistentQueue.open(small(Overflow.DROP_NEWEST)).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("q"))))
        .isEqualTo("rwx------");
  }

  @Test
  void epoch_staysWithTheDirectory_evenWhenTheStateIsLost() throws IOException {
    QueueOptions options = small(Overflow.DROP_NEWEST);
    long epoch;
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      epoch = queue.epoch();
      store(queue, batch("one", "two"));
    }
    Files.delete(options.directory().resolve("state"));
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(queue.epoch()).isEqualTo(epoch);
      assertThat(texts(leaseAll(queue))).containsExactly("one", "two");
      assertThat(store(queue, batch("three"))).isEqualTo(2);
    }
  }

  @Test
  void secondOpener_isTurnedAway_andToldWhoHoldsTheDirectory() throws IOException {
    QueueOptions options = small(Overflow.DROP_NEWEST);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThatThrownBy(() -> PersistentQueue.open(options))
          .isInstanceOf(QueueLockedException.class)
          .hasMessageContaining("another queue of this process");
      store(queue, batch("still works"));
    }
    PersistentQueue.open(options).close();
  }

  @Test
  void leases_areSlicesOfAFrame_andReleasedOnesComeFirst() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      store(queue, batch("0", "1", "2", "3", "4", "5"));
      Lease first = lease(queue, 2);
      Lease second = lease(queue, 2);
      Lease third = lease(queue, 2);
      assertThat(queue.hasReady()).isFalse();
      assertThat(queue.statistics().leased()).isEqualTo(6);
      third.release();
      first.acknowledge(1, 2);
      first.release();
      first.acknowledge();
      assertThat(text(lease(queue, 5), 0)).isEqualTo("0");
      assertThat(texts(leaseAll(queue))).containsExactly("4", "5");
      second.acknowledge();
      assertThat(queue.statistics().records()).isEqualTo(3);
      assertThat(queue.statistics().frontier()).isZero();
    }
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      assertThat(texts(leaseAll(queue))).containsExactly("0", "4", "5");
    }
  }

  @Test
  void sparseAcknowledgements_areKept_andHoldTheirSegmentOnly() throws IOException {
    QueueOptions options = small(Overflow.DROP_NEWEST);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      for (int i = 0; i < 200; i++) {
        store(queue, numbered(i, 1, 500));
      }
      int segments = queue.statistics().segments();
      assertThat(segments).isGreaterThan(5);
      List<Lease> leases = leaseAll(queue);
      leases.stream().filter(lease -> lease.firstSequence() != 100).forEach(Lease::acknowledge);
      await().untilAsserted(() -> assertThat(queue.statistics().segments()).isLessThan(4));
      assertThat(queue.statistics().records()).isEqualTo(1);
      assertThat(queue.statistics().backlogBytes()).isBetween(500L, 600L);
    }
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(queue.statistics().records()).isEqualTo(1);
      assertThat(queue.statistics().backlogBytes()).isBetween(500L, 600L);
      Lease only = lease(queue, 10);
      assertThat(number(only, 0)).isEqualTo(100);
      only.acknowledge();
      assertThat(queue.statistics().backlogBytes()).isZero();
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void emptyQueue_letsGoOfItsSegments() throws IOException {
    QueueOptions options = small(Overflow.DROP_NEWEST);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      store(queue, batch("one"));
      lease(queue, 1).acknowledge();
      await().untilAsserted(() -> assertThat(queue.statistics().segments()).isZero());
      try (Stream<Path> files = Files.list(options.directory())) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("lock", "state");
      }
      assertThat(store(queue, batch("two"))).isEqualTo(1);
    }
  }

  @Test
  void fullQueue_refusesWhatIsNew_andTakesItAgainOnceThereIsRoom() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      int stored = 0;
      while (append(queue, numbered(stored, 10, 1000)) instanceof AppendResult.Stored) {
        stored += 10;
      }
      assertThat(stored).isGreaterThan(150);
      assertThat(reports.dropped)
          .containsOnly(java.util.Map.entry(DropReason.OVERFLOW_NEWEST, 10L));
      QueueStatistics full = queue.statistics();
      assertThat(full.diskBytes()).isLessThanOrEqualTo(full.maxBytes());
      List<Lease> leases = leaseAll(queue);
      assertThat(leases.stream().mapToInt(Lease::count).sum()).isEqualTo(stored);
      leases.forEach(Lease::acknowledge);
      store(queue, numbered(stored, 10, 1000));
    }
  }

  @Test
  void ring_dropsTheOldest_andCountsThemExactly() throws IOException {
    QueueOptions options = small(Overflow.DROP_OLDEST);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      store(queue, numbered(0, 10, 1000));
      Lease early = lease(queue, 4);
      early.acknowledge(0, 1);
      int appended = 10;
      for (; appended < 1000; appended += 10) {
        store(queue, numbered(appended, 10, 1000));
        assertThat(directoryBytes(options.directory())).isLessThanOrEqualTo(options.maxBytes());
      }
      long dropped = dropped();
      QueueStatistics statistics = queue.statistics();
      assertThat(dropped).isGreaterThan(500);
      assertThat(statistics.leased()).as("stay with their lease").isEqualTo(3);
      assertThat(1 + dropped + statistics.records()).isEqualTo(appended);

      assertThat(early.acknowledge(0, 3)).isEqualTo(2);
      assertThat(early.acknowledge(0, 3)).isZero();
      assertThat(dropped()).isEqualTo(dropped);
      assertThat(queue.statistics().leased()).isEqualTo(1);
      assertThat(3 + dropped + queue.statistics().records()).isEqualTo(appended);

      early.release();
      assertThat(dropped()).isEqualTo(dropped + 1);
      early.release();
      assertThat(early.acknowledge(0, 4)).isZero();
      assertThat(dropped()).isEqualTo(dropped + 1);
      assertThat(queue.statistics().leased()).isZero();
      assertThat(3 + dropped() + queue.statistics().records()).isEqualTo(appended);
      List<Lease> leases = leaseAll(queue);
      assertThat(number(leases.get(0), 0)).isEqualTo((int) (3 + dropped()));
    }
  }

  @Test
  void ring_whatIsLeasedAndNoLongerOnDisk_isNoBacklog_andIsDroppedByTheClose() throws IOException {
    QueueOptions options = small(Overflow.DROP_OLDEST);
    long dropped;
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      store(queue, numbered(0, 10, 1000));
      Lease early = lease(queue, 10);
      int appended = 10;
      for (; dropped() == 0; appended += 10) {
        store(queue, numbered(appended, 10, 1000));
      }
      for (Lease lease : leaseAll(queue)) {
        lease.acknowledge();
      }
      await().until(() -> queue.statistics().segments() <= 1);
      QueueStatistics statistics = queue.statistics();
      assertThat(statistics.records()).isEqualTo(10);
      assertThat(statistics.leased()).isEqualTo(10);
      assertThat(statistics.backlogBytes()).isZero();
      assertThat(statistics.oldestMillis()).isZero();
      assertThat(queue.hasReady()).isFalse();
      assertThat(early.acknowledge(2, 5)).isEqualTo(3);
      assertThat(number(early, 9)).isEqualTo(9);
      dropped = dropped();
    }
    assertThat(dropped()).isEqualTo(dropped + 7);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(queue.statistics().records()).isZero();
      assertThat(queue.hasReady()).isFalse();
    }
    assertThat(dropped()).isEqualTo(dropped + 7);
  }

  @Test
  void blockedAppends_waitInOrder_untilThereIsRoom() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.BLOCK))) {
      List<CompletableFuture<AppendResult>> appends = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        appends.add(queue.append(numbered(i, 1, 1000)).toCompletableFuture());
      }
      await().until(() -> appends.get(0).isDone());
      int[] expected = new int[1];
      await()
          .until(
              () -> {
                for (Lease lease : leaseAll(queue)) {
                  for (int i = 0; i < lease.count(); i++) {
                    assertThat(number(lease, i)).isEqualTo(expected[0]++);
                  }
                  lease.acknowledge();
                }
                return expected[0] == 400;
              });
      assertThat(appends).allMatch(CompletableFuture::isDone);
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void batch_largerThanASegment_isSplit_andWhatNeverFits_isRefused() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      assertThat(store(queue, numbered(0, 100, 1000))).isZero();
      assertThat(queue.statistics().segments()).isGreaterThan(5);
      assertThat(append(queue, numbered(0, 1, 300_000)))
          .isEqualTo(new AppendResult.Refused(DropReason.TOO_LARGE));
      assertThat(append(queue, numbered(0, 400, 1000)))
          .isEqualTo(new AppendResult.Refused(DropReason.TOO_LARGE));
      int expected = 0;
      for (Lease lease : leaseAll(queue)) {
        for (int i = 0; i < lease.count(); i++) {
          assertThat(number(lease, i)).isEqualTo(expected++);
        }
      }
      assertThat(expected).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void record_largerThanASegment_hasOneToItself(Compression compression) throws IOException {
    QueueOptions options = QueueFixture.with(small(Overflow.DROP_NEWEST), compression);
    byte[] large = new byte[100_000];
    new Random(1).nextBytes(large); // zstd makes nothing smaller of it
    List<byte[]> records = List.of(new byte[100], large, new byte[200]);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      store(queue, batch(records));
      assertThat(queue.statistics().segments()).isEqualTo(3);
      assertThat(queue.statistics().diskBytes()).isLessThan(options.maxBytes());
    }
    assertThat(reports.dropped).isEmpty();
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      for (byte[] expected : records) {
        Lease lease = lease(queue, 1);
        int start = lease.offset(0);
        assertThat(Arrays.copyOfRange(lease.bytes(), start, start + lease.length(0)))
            .isEqualTo(expected);
        lease.acknowledge();
      }
      assertThat(queue.hasReady()).isFalse();
      await().until(() -> queue.statistics().segments() == 0);
    }
  }

  @Test
  void ring_makesRoomForARecordLargerThanASegment() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_OLDEST))) {
      store(queue, numbered(0, 200, 1000));
      long sequence = store(queue, numbered(200, 1, 100_000));
      assertThat(sequence).isEqualTo(200);
      assertThat(queue.statistics().diskBytes()).isLessThanOrEqualTo(256 * 1024);
      List<Lease> leases = leaseAll(queue);
      Lease last = leases.get(leases.size() - 1);
      assertThat(number(last, 0)).isEqualTo(200);
      assertThat(last.length(0)).isEqualTo(100_000);
      assertThat(queue.statistics().records() + dropped()).isEqualTo(201);
      assertThat(dropped()).isLessThan(130);
    }
  }

  @Test
  void record_largerThanAFrame_isRefused() throws IOException {
    QueueOptions options =
        options(temp.resolve("q"), 1 << 30, 16 * 1024, Overflow.DROP_NEWEST, reports);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(append(queue, numbered(0, 1, FrameHeader.MAX_BODY_BYTES - Integer.BYTES + 1)))
          .isEqualTo(new AppendResult.Refused(DropReason.TOO_LARGE));
      store(queue, batch("small"));
    }
  }

  @Test
  void batch_isCheckedAgainstItsPayload() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      RecordBatch wrong = new RecordBatch(batch("four").payload(), new int[] {3}, 1);
      assertThatThrownBy(() -> queue.append(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void oldRecords_areDropped_alsoWhenNobodyReads() throws IOException {
    TestClock clock = new TestClock(1_000_000);
    QueueOptions base = small(Overflow.DROP_NEWEST);
    QueueOptions options =
        new QueueOptions(
            base.directory(),
            base.maxBytes(),
            base.segmentBytes(),
            base.overflow(),
            base.syncPolicy(),
            base.compression(),
            Duration.ofSeconds(60),
            clock,
            reports);
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      store(queue, batch("old", "old too"));
      clock.advance(50_000);
      store(queue, batch("young"));
      assertThat(queue.statistics().oldestMillis()).isEqualTo(1_000_000);
      clock.advance(20_000);
      await().untilAsserted(() -> assertThat(queue.statistics().records()).isEqualTo(1));
      assertThat(reports.dropped).containsEntry(DropReason.MAX_AGE, 2L);
      assertThat(text(lease(queue, 10), 0)).isEqualTo("young");
    }
  }

  @Test
  void eightThreads_shareSyncs_andEveryRecordIsThereOnce() throws Exception {
    int threads = 8;
    int each = 150;
    QueueOptions options = options(temp.resolve("q"), 8 << 20, 1 << 20, Overflow.BLOCK, reports);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      try (PersistentQueue queue = PersistentQueue.open(options)) {
        List<Future<?>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          int first = t * each;
          tasks.add(
              pool.submit(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      store(queue, numbered(first + i, 1, 100));
                    }
                  }));
        }
        for (Future<?> task : tasks) {
          task.get();
        }
      }
      BitSet seen = new BitSet();
      long expected = 0;
      try (PersistentQueue queue = PersistentQueue.open(options)) {
        for (Lease lease : leaseAll(queue)) {
          assertThat(lease.firstSequence()).isEqualTo(expected);
          expected += lease.count();
          for (int i = 0; i < lease.count(); i++) {
            assertThat(seen.get(number(lease, i))).isFalse();
            seen.set(number(lease, i));
          }
        }
      }
      assertThat(seen.cardinality()).isEqualTo(threads * each);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void readersAndWriters_atTheSameTime_loseNothing() throws Exception {
    QueueOptions options =
        QueueFixture.with(
            options(temp.resolve("q"), 1 << 20, 64 * 1024, Overflow.BLOCK, reports),
            new SyncPolicy.Never());
    int total = 30_000;
    ExecutorService pool = Executors.newFixedThreadPool(3);
    BitSet seen = new BitSet();
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int r = 0; r < 3; r++) {
        int mine = r;
        readers.add(
            pool.submit(
                () -> {
                  int turn = mine;
                  while (seenCount(seen) < total) {
                    Lease lease = queue.lease(37, 1 << 20);
                    if (lease == null) {
                      Thread.sleep(1);
                    } else if (turn++ % 5 == 0) {
                      lease.release();
                    } else {
                      synchronized (seen) {
                        for (int i = 0; i < lease.count(); i++) {
                          assertThat(seen.get(number(lease, i))).isFalse();
                          seen.set(number(lease, i));
                        }
                      }
                      lease.acknowledge();
                    }
                  }
                  return null;
                }));
      }
      CompletableFuture<AppendResult> last = new CompletableFuture<>();
      for (int i = 0; i < total; i += 50) {
        last = queue.append(numbered(i, 50, 100)).toCompletableFuture();
        if (i % 5000 == 0) {
          last.join();
        }
      }
      last.join();
      for (Future<?> reader : readers) {
        reader.get();
      }
      assertThat(queue.statistics().records()).isZero();
      assertThat(queue.statistics().backlogBytes()).isZero();
      assertThat(reports.dropped).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  private static int seenCount(BitSet seen) {
    synchronized (seen) {
      return seen.cardinality();
    }
  }

  @Test
  void opening_costsNoMoreWithALargeBacklog() throws IOException {
    long maxBytes = 400L << 20;
    QueueOptions options =
        QueueFixture.with(
            options(temp.resolve("q"), maxBytes, 32 << 20, Overflow.BLOCK, reports),
            new SyncPolicy.Never());
    int batches = 300;
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      for (int i = 0; i < batches; i++) {
        store(queue, numbered(i * 1000, 1000, 1000));
      }
    }
    long start = System.nanoTime();
    try (PersistentQueue queue = PersistentQueue.open(options)) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      assertThat(queue.statistics().records()).isEqualTo(batches * 1000L);
      assertThat(number(lease(queue, 1), 0)).isZero();
    }
  }

  @Test
  void closedQueue_refusesEverything() throws IOException {
    PersistentQueue queue = PersistentQueue.open(small(Overflow.DROP_NEWEST));
    store(queue, batch("one"));
    Lease lease = lease(queue, 1);
    queue.close();
    queue.close();
    lease.acknowledge();
    assertThat(queue.append(batch("two")).toCompletableFuture()).isCompletedExceptionally();
    assertThatThrownBy(() -> queue.lease(1, 1)).isInstanceOf(IOException.class);
    try (PersistentQueue again = PersistentQueue.open(small(Overflow.DROP_NEWEST))) {
      assertThat(texts(leaseAll(again))).containsExactly("one");
    }
  }

  @Test
  void boundsTooSmallToWork_areRefused() {
    assertThatThrownBy(() -> options(temp, 1000, 1 << 20, Overflow.BLOCK, QueueListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBytes must be at least 65536");
  }

  private static long directoryBytes(Path directory) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        sum += Files.exists(file) ? Files.size(file) : 0;
      }
    }
    return sum;
  }
}
