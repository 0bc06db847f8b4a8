package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.SickDisk.Sickness;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that falls sick at any operation, and gets well: the queue never lies about what is safe,
 * leaves nothing open and nothing behind, and goes on by itself.
 */
@Timeout(60)
class SickDiskTest {

  private static final int RECORD_BYTES = 300;
  private static final int MAX_BYTES = 64 * 1024;

  /** One queue, what it was given, and what it said. */
  private static final class Life {
    final SickDisk disk = new SickDisk();
    final TestClock clock = new TestClock(1_700_000_000_000L);
    final QueueFixture.Reports reports = new QueueFixture.Reports();
    final Set<Integer> stored = new HashSet<>();
    final Set<Integer> failed = new HashSet<>();
    final Set<Integer> seen = new HashSet<>();
    final QueueOptions options;
    ManualLoop loop = new ManualLoop(clock);
    SegmentQueue queue;
    int next;
    int failures;
    int readFailures;

    Life(Overflow overflow, SyncPolicy policy) throws IOException {
      options =
          new QueueOptions(
              Path.of("memory"),
              MAX_BYTES,
              4096,
              overflow,
              policy,
              Compression.NONE,
              Duration.ofDays(1),
              clock,
              reports);
      queue = disk.open(options, loop);
    }

    void append(int records) {
      int first = next;
      next += records;
      CompletableFuture<AppendResult> result =
          queue.append(QueueFixture.numbered(first, records, RECORD_BYTES)).toCompletableFuture();
      loop.run();
      assertThat(result).as("the append of %s ends", first).isDone();
      Set<Integer> into = result.isCompletedExceptionally() ? failed : stored;
      if (result.isCompletedExceptionally()) {
        failures++;
        assertThat(queue.statistics().diskFailing()).as("said after %s failed", first).isTrue();
      } else if (!(result.join() instanceof AppendResult.Stored)) {
        return; // refused, and counted
      }
      for (int i = first; i < next; i++) {
        into.add(i);
      }
    }

    void deliver(int leases) {
      try {
        for (int i = 0; i < leases; i++) {
          Lease lease = queue.lease(10, 1 << 20);
          if (lease == null) {
            return;
          }
          for (int r = 0; r < lease.count(); r++) {
            int number = QueueFixture.number(lease, r);
            assertThat(stored).as("only what was stored is shown").contains(number);
            assertThat(seen.add(number)).as("%s is shown once", number).isTrue();
          }
          lease.acknowledge();
        }
      } catch (IOException e) {
        readFailures++;
        assertThat(queue.statistics().diskFailing()).as("said after a read failed").isTrue();
      }
    }

    /** Some of everything that a queue does. */
    void work(int steps) {
      for (int i = 0; i < steps; i++) {
        append(1 + i % 3);
        if (i % 4 == 3) {
          deliver(5);
        }
        loop.advance(i % 5 == 4 ? 1000 : 25);
        assertThat(disk.openFiles()).as("open files").isLessThanOrEqualTo(4);
        assertThat(disk.content().peakBytes()).isLessThanOrEqualTo(MAX_BYTES);
      }
    }

    void getsWell() {
      disk.heal();
      loop.advance(1000);
      loop.advance(1000);
      loop.advance(1000);
      deliver(1);
      assertThat(queue.statistics().diskFailing()).as("well by itself").isFalse();
      assertThat(reports.diskRecoveries).isEqualTo(disk.failures() > 0 && told() ? 1 : 0);
      int before = failures;
      append(2);
      assertThat(failures).as("takes data again").isEqualTo(before);
    }

    /** Whether a failure was one that an operator is told of. */
    private boolean told() {
      return reports.diskFailures > 0;
    }

    void drainsWhollyAndLeavesNothing() throws IOException {
      deliver(Integer.MAX_VALUE);
      long dropped = reports.dropped.getOrDefault(DropReason.OVERFLOW_OLDEST, 0L);
      assertThat(seen.size() + dropped).as("delivered and dropped").isEqualTo(stored.size());
      assertThat(reports.dropped).doesNotContainKey(DropReason.DAMAGED);
      loop.advance(1000);
      loop.advance(2000);
      loop.advance(2000);
      assertThat(queue.statistics().records()).isZero();
      assertThat(disk.content().fileNames()).containsExactly("state");
      assertThat(queue.statistics().diskBytes()).isEqualTo(disk.content().totalBytes());
      queue.close();
      assertThat(disk.openFiles()).as("open files after close").isZero();
    }
  }

  private static int operations(Overflow overflow, Sickness sickness, SyncPolicy policy)
      throws IOException {
    Life life = new Life(overflow, policy);
    life.disk.fallSick(sickness, Integer.MAX_VALUE);
    life.work(60);
    return life.disk.operations();
  }

  @ParameterizedTest
  @EnumSource
  void aSickness_atAnyOperation_endsWithoutLossOrRestart(Sickness sickness) throws IOException {
    int tried = 0;
    int felt = 0;
    for (Overflow overflow : Overflow.values()) {
      for (SyncPolicy policy :
          List.of(new SyncPolicy.Always(), new SyncPolicy.Interval(Duration.ofMillis(100)))) {
        int operations = operations(overflow, sickness, policy);
        // The policies differ little; what they share is tried at every operation once.
        int step = policy instanceof SyncPolicy.Always ? 1 : 4;
        for (int n = 1; n <= operations; n += step) {
          Life life = new Life(overflow, policy);
          life.disk.fallSick(sickness, n);
          try {
            life.work(60);
            life.getsWell();
            life.drainsWhollyAndLeavesNothing();
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                sickness + " from operation " + n + " on, " + overflow + ", " + policy, e);
          }
          tried++;
          felt += life.failures + life.readFailures > 0 ? 1 : 0;
        }
      }
    }
    assertThat(tried).isGreaterThan(100);
    assertThat(felt).as("runs in which an append or a read failed").isGreaterThan(tried / 3);
  }

  @ParameterizedTest
  @EnumSource
  void oneFailure_atAnyOperation_endsWithoutLossOrRestart(Sickness sickness) throws IOException {
    SyncPolicy policy = new SyncPolicy.Always();
    int operations = operations(Overflow.DROP_NEWEST, sickness, policy);
    for (int n = 1; n <= operations; n++) {
      Life life = new Life(Overflow.DROP_NEWEST, policy);
      life.disk.failOnce(sickness, n);
      try {
        life.work(60);
        life.getsWell();
        life.drainsWhollyAndLeavesNothing();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(sickness + " once at operation " + n, e);
      }
    }
  }

  /** Also with the power gone in the middle of the sickness, or right after it. */
  @ParameterizedTest
  @EnumSource
  void whatWasStored_survivesAPowerCut_whateverFailedBefore(Sickness sickness) throws IOException {
    SyncPolicy policy = new SyncPolicy.Always();
    int operations = operations(Overflow.DROP_NEWEST, sickness, policy);
    for (int n = 1; n <= operations; n++) {
      Life life = new Life(Overflow.DROP_NEWEST, policy);
      life.disk.fallSick(sickness, n);
      life.work(n % 60 + 1);
      if (n % 2 == 0) {
        life.disk.heal();
        life.work(5);
      }
      Set<Integer> kept = new HashSet<>(life.stored);
      kept.removeAll(life.seen);
      life.disk.heal();
      life.disk.crash(new Random(n));
      life.reports.dropped.clear();
      Set<Integer> found = new HashSet<>();
      try (SegmentQueue again = life.disk.open(life.options, new ManualLoop(life.clock))) {
        QueueFixture.leaseAll(again)
            .forEach(
                lease -> {
                  for (int i = 0; i < lease.count(); i++) {
                    found.add(QueueFixture.number(lease, i));
                  }
                });
      }
      assertThat(found).as("%s from operation %s on", sickness, n).containsAll(kept);
      assertThat(life.reports.dropped).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void opening_failsCleanly_atAnyOperation(Sickness sickness) throws IOException {
    int failed = 0;
    for (int n = 1; n <= 40; n++) {
      Life life = new Life(Overflow.DROP_NEWEST, new SyncPolicy.Always());
      life.work(10);
      life.queue.close();
      assertThat(life.disk.openFiles()).isZero();
      life.disk.fallSick(sickness, n);
      @Nullable IOException why = null;
      try {
        life.disk.open(life.options, new ManualLoop(life.clock)).close();
      } catch (IOException e) {
        why = e;
      }
      failed += why == null ? 0 : 1;
      assertThat(life.disk.openFiles()).as("%s from operation %s on", sickness, n).isZero();
      life.disk.heal();
      life.loop = new ManualLoop(life.clock);
      life.queue = life.disk.open(life.options, life.loop);
      life.append(1);
      life.drainsWhollyAndLeavesNothing();
    }
    assertThat(failed).isBetween(sickness == Sickness.FULL ? 0 : 1, 39);
  }

  @Test
  void appendsToASickDisk_leaveNoPileOfFiles() throws IOException {
    for (Sickness sickness : Sickness.values()) {
      Life life = new Life(Overflow.DROP_NEWEST, new SyncPolicy.Always());
      life.work(5);
      int before = life.disk.content().fileNames().size();
      life.disk.fallSick(sickness, 1);
      for (int i = 0; i < 300; i++) {
        life.append(1);
        life.deliver(1);
        life.loop.advance(100);
        assertThat(life.disk.content().fileNames().size())
            .as("files after %s failures: %s", i, sickness)
            .isLessThanOrEqualTo(before + (sickness == Sickness.READS ? 100 : 3));
      }
    }
  }

  @Test
  void aFullDisk_costsARingItsOldest_andKeepsTheNewest() throws IOException {
    Life life = new Life(Overflow.DROP_OLDEST, new SyncPolicy.Always());
    for (int i = 0; i < 60; i++) {
      life.append(1);
    }
    long bytes = life.disk.content().totalBytes();
    life.disk.content().capacity(bytes);
    for (int i = 0; i < 60; i++) {
      life.append(1);
    }
    long dropped = life.reports.dropped.getOrDefault(DropReason.OVERFLOW_OLDEST, 0L);
    assertThat(life.failed).isEmpty();
    assertThat(dropped).isBetween(50L, 80L);
    assertThat(life.disk.content().totalBytes()).isLessThanOrEqualTo(bytes);
    List<Integer> left = new ArrayList<>();
    for (Lease lease : QueueFixture.leaseAll(life.queue)) {
      for (int i = 0; i < lease.count(); i++) {
        left.add(QueueFixture.number(lease, i));
      }
    }
    assertThat(left).hasSize((int) (120 - dropped)).contains(119).isSorted();
  }

  @Test
  void aReadThatFailed_isForgotten_thoughNobodyReads() throws IOException {
    Life life = new Life(Overflow.DROP_NEWEST, new SyncPolicy.Always());
    life.append(3);
    life.disk.fallSick(Sickness.READS, 1);
    life.deliver(1);
    assertThat(life.readFailures).isEqualTo(1);
    for (int i = 0; i < 20; i++) {
      life.loop.advance(1000);
    }
    assertThat(life.queue.statistics().diskFailing()).as("while it lasts").isTrue();
    life.disk.heal();
    for (int i = 0; i < 12; i++) {
      life.loop.advance(1000);
    }
    assertThat(life.queue.statistics().diskFailing()).isFalse();
    assertThat(life.reports.diskRecoveries).isEqualTo(1);
  }

  @Test
  void aFullDisk_isToldFromAFailingOne() throws IOException {
    Life life = new Life(Overflow.DROP_NEWEST, new SyncPolicy.Always());
    life.append(1);
    for (Sickness sickness : List.of(Sickness.FULL, Sickness.WRITES)) {
      life.disk.fallSick(sickness, 1);
      CompletableFuture<AppendResult> result =
          life.queue.append(QueueFixture.numbered(9, 1, 10)).toCompletableFuture();
      life.loop.run();
      assertThat(result)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(DiskException.class)
          .matches(e -> isFull((DiskException) e) == (sickness == Sickness.FULL));
    }
  }

  private static boolean isFull(DiskException failure) {
    return failure.kind() == DiskException.Kind.FULL;
  }
}
