package io.forebay.queue;

import static io.forebay.queue.QueueFixture.append;
import static io.forebay.queue.QueueFixture.batch;
import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.options;
import static io.forebay.queue.QueueFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose disk is shared with others. */
@Timeout(60)
class SpaceGrantTest {

  private static final long PLENTY = 100_000_000;
  private static final int SEGMENT = 8 * 1024;

  @TempDir private Path directory;

  /** Gives room as long as all together stay within a bound. */
  private static final class Shared {
    final long max;
    long used;

    Shared(long max) {
      this.max = max;
    }

    SpaceGrant grant() {
      return new SpaceGrant() {
        private long held;

        @Override
        public boolean tryHold(long bytes) {
          synchronized (Shared.this) {
            if (bytes > held) {
              if (used + bytes - held > max) {
                return false;
              }
              used += bytes - held;
              held = bytes;
            }
            return true;
          }
        }

        @Override
        public void hold(long bytes) {
          synchronized (Shared.this) {
            used += bytes - held;
            held = bytes;
          }
        }

        @Override
        public long maxBytes() {
          return max;
        }
      };
    }

    synchronized long used() {
      return used;
    }
  }

  private PersistentQueue open(String name, Shared shared, Overflow overflow, QueueListener told)
      throws IOException {
    return PersistentQueue.open(
        options(directory.resolve(name), PLENTY, SEGMENT, overflow, told)
            .withSpace(shared.grant(), SEGMENT));
  }

  private long onDisk() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static AppendResult fill(PersistentQueue queue) {
    AppendResult last;
    do {
      last = append(queue, numbered(0, 1, 1000));
    } while (last instanceof AppendResult.Stored);
    return last;
  }

  @Test
  void dropNewest_isRefusedWithAReasonOfItsOwn_untilTheSpaceReturns() throws IOException {
    Shared shared = new Shared(100_000);
    QueueFixture.Reports reports = new QueueFixture.Reports();
    try (PersistentQueue queue = open("a", shared, Overflow.DROP_NEWEST, reports)) {
      assertThat(fill(queue)).isEqualTo(new AppendResult.Refused(DropReason.DISK_BUDGET));
      assertThat(reports.dropped).containsOnlyKeys(DropReason.DISK_BUDGET);
      assertThat(onDisk()).isBetween(80_000L, shared.max).isEqualTo(shared.used());

      leaseAll(queue).forEach(Lease::acknowledge);
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> shared.used() < 40_000);
      store(queue, numbered(0, 20, 1000));
      Awaitility.await().until(() -> shared.used() == onDisk());
    }
  }

  @Test
  void whatOneQueueHasAnotherCannotHave() throws IOException {
    Shared shared = new Shared(100_000);
    QueueListener none = QueueListener.NONE;
    try (PersistentQueue greedy = open("greedy", shared, Overflow.DROP_NEWEST, none);
        PersistentQueue late = open("late", shared, Overflow.DROP_NEWEST, none)) {
      fill(greedy);
      assertThat(append(late, numbered(0, 2, 1000)))
          .isEqualTo(new AppendResult.Refused(DropReason.DISK_BUDGET));
      leaseAll(greedy).forEach(Lease::acknowledge);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> append(late, numbered(0, 2, 1000)) instanceof AppendResult.Stored);
    }
  }

  @Test
  void dropOldest_givesUpItsOwnAndNobodyElses() throws IOException {
    Shared shared = new Shared(100_000);
    QueueFixture.Reports reports = new QueueFixture.Reports();
    try (PersistentQueue other = open("other", shared, Overflow.DROP_NEWEST, QueueListener.NONE);
        PersistentQueue ring = open("ring", shared, Overflow.DROP_OLDEST, reports)) {
      store(other, numbered(0, 30, 1000));
      for (int i = 0; i < 200; i++) {
        store(ring, numbered(i, 1, 1000));
        assertThat(shared.used()).isLessThanOrEqualTo(shared.max);
      }
      assertThat(other.statistics().records()).isEqualTo(30);
      assertThat(ring.statistics().records()).isBetween(30L, 70L);
      assertThat(reports.dropped)
          .containsOnly(
              java.util.Map.entry(DropReason.OVERFLOW_OLDEST, 200 - ring.statistics().records()));
    }
  }

  @Test
  void aRingThatHoldsNothing_isRefused_andDoesNotCallTheDiskBroken() throws IOException {
    Shared shared = new Shared(40_000);
    QueueFixture.Reports reports = new QueueFixture.Reports();
    try (PersistentQueue other = open("other", shared, Overflow.DROP_NEWEST, QueueListener.NONE);
        PersistentQueue ring = open("ring", shared, Overflow.DROP_OLDEST, reports)) {
      fill(other);
      assertThat(append(ring, numbered(0, 2, 1000)))
          .isEqualTo(new AppendResult.Refused(DropReason.DISK_BUDGET));
      assertThat(reports.diskFailures).isZero();
      assertThat(ring.statistics().diskFailing()).isFalse();
    }
  }

  @Test
  void block_waitsUntilAnotherQueueGivesSpaceBack() throws IOException {
    Shared shared = new Shared(60_000);
    try (PersistentQueue other = open("other", shared, Overflow.DROP_NEWEST, QueueListener.NONE);
        PersistentQueue waits = open("waits", shared, Overflow.BLOCK, QueueListener.NONE)) {
      fill(other);
      CompletableFuture<AppendResult> pending =
          waits.append(numbered(0, 3, 1000)).toCompletableFuture();
      assertThat(pending).isNotDone();
      leaseAll(other).forEach(Lease::acknowledge);
      assertThat(pending)
          .succeedsWithin(Duration.ofSeconds(10))
          .isInstanceOf(AppendResult.Stored.class);
    }
  }

  /** What waits for room must not wait for ever because a look at it went wrong. */
  @Test
  void block_goesOn_thoughUpkeepIsAtFaultOnce() throws IOException {
    TestClock clock = new TestClock(1_800_000_000_000L);
    ManualLoop loop = new ManualLoop(clock);
    CrashStorage disk = new CrashStorage();
    QueueFixture.Reports reports = new QueueFixture.Reports();
    Shared shared = new Shared(60_000);
    AtomicBoolean faulty = new AtomicBoolean();
    Storage storage =
        new ForwardingStorage(disk.storage()) {
          @Override
          public void delete(String name) throws IOException {
            if (faulty.getAndSet(false)) {
              throw new IllegalStateException("a fault");
            }
            super.delete(name);
          }
        };
    QueueOptions options =
        QueueFixture.options(Path.of("memory"), 1 << 20, 8192, Overflow.BLOCK, reports)
            .withSpace(shared.grant(), 8192);
    try (SegmentQueue queue = Recovery.open(options, storage, loop)) {
      loop.run();
      CompletableFuture<AppendResult> pending = null;
      for (int i = 0; pending == null || pending.isDone(); i++) {
        pending = queue.append(numbered(i, 3, 1000)).toCompletableFuture();
        loop.run();
      }
      faulty.set(true);
      leaseAll(queue).forEach(Lease::acknowledge);
      try {
        loop.advance(20); // the save that follows an acknowledgement
      } catch (IllegalStateException thrown) {
        assertThat(thrown).hasMessage("a fault");
        faulty.set(true);
      }
      for (int i = 0; i < 3; i++) {
        loop.advance(1000);
      }
      assertThat(pending).isCompletedWithValueMatching(AppendResult.Stored.class::isInstance);
      assertThat(reports.diskTroubles)
          .anyMatch(told -> told.contains("a fault); please report it, with the log"));
    }
  }

  @Test
  void whatCanNeverBeGranted_isTooLarge_evenWhereAppendsWait() throws IOException {
    Shared shared = new Shared(60_000);
    try (PersistentQueue queue = open("a", shared, Overflow.BLOCK, QueueListener.NONE)) {
      assertThat(append(queue, numbered(0, 70, 1000)))
          .isEqualTo(new AppendResult.Refused(DropReason.TOO_LARGE));
      store(queue, batch("small"));
    }
  }

  @Test
  void whatIsFoundAtOpeningIsHeld_andNothingOfItIsDeleted() throws IOException {
    try (PersistentQueue queue =
        open("a", new Shared(PLENTY), Overflow.DROP_OLDEST, QueueListener.NONE)) {
      store(queue, numbered(0, 100, 1000));
    }
    Shared small = new Shared(50_000);
    try (PersistentQueue queue = open("a", small, Overflow.DROP_NEWEST, QueueListener.NONE)) {
      assertThat(small.used()).isEqualTo(onDisk()).isGreaterThan(100_000);
      assertThat(append(queue, batch("new")))
          .isEqualTo(new AppendResult.Refused(DropReason.DISK_BUDGET));
      assertThat(queue.statistics().records()).isEqualTo(100);
    }
  }

  @Test
  void underConcurrencyTheSumNeverPassesTheBound() throws Exception {
    Shared shared = new Shared(400_000);
    List<PersistentQueue> queues = new ArrayList<>();
    for (Overflow overflow : Overflow.values()) {
      queues.add(open("first-" + overflow, shared, overflow, QueueListener.NONE));
      queues.add(open("second-" + overflow, shared, overflow, QueueListener.NONE));
    }
    AtomicLong highest = new AtomicLong();
    List<CompletableFuture<Void>> work = new ArrayList<>();
    for (PersistentQueue queue : queues) {
      work.add(CompletableFuture.runAsync(() -> appendAndDeliver(queue, highest, shared)));
    }
    while (work.stream().anyMatch(task -> !task.isDone())) {
      assertThat(sumOfLengths()).isLessThanOrEqualTo(shared.max);
      Thread.sleep(5);
    }
    CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).join();
    for (PersistentQueue queue : queues) {
      queue.close();
    }
    assertThat(highest.get()).isBetween(300_000L, shared.max);
    assertThat(shared.used()).isEqualTo(onDisk());
  }

  /** Files may go while they are listed. */
  private long sumOfLengths() {
    long sum = 0;
    for (java.io.File queue : directory.toFile().listFiles()) {
      for (java.io.File file : queue.listFiles()) {
        sum += file.length();
      }
    }
    return sum;
  }

  private static void appendAndDeliver(PersistentQueue queue, AtomicLong highest, Shared shared) {
    Random random = new Random(7);
    try {
      for (int i = 0; i < 100; i++) {
        CompletableFuture<AppendResult> stage =
            queue.append(numbered(0, 1 + random.nextInt(20), 500)).toCompletableFuture();
        highest.accumulateAndGet(shared.used(), Math::max);
        while (!stage.isDone()) {
          // One that waits for room is let in by deliveries only.
          if (random.nextInt(50) == 0) {
            deliverOne(queue);
          }
          Thread.sleep(1);
        }
        if (random.nextInt(6) == 0) {
          deliverOne(queue);
        }
      }
      // Whoever still waits for room is given it.
      leaseAll(queue).forEach(Lease::acknowledge);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void deliverOne(PersistentQueue queue) throws IOException {
    Lease lease = queue.lease(100, 1 << 20);
    if (lease != null) {
      lease.acknowledge();
    }
  }
}
