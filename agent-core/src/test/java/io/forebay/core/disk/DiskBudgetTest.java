package io.forebay.core.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SpaceGrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskBudgetTest {

  private static final long MAX = 100_000_000;
  private static final long SHARE = MAX / 4 / 5;

  @TempDir Path directory;

  private final AtomicLong usable = new AtomicLong(Long.MAX_VALUE / 2);
  private final AtomicLong nanos = new AtomicLong();
  private final Volume volume = new Volume("/", usable::get);

  private static DiskBudgetSettings settings(long max, long minFree) {
    return new DiskBudgetSettings(
        max == 0 ? null : DataSize.ofBytes(max), DataSize.ofBytes(minFree));
  }

  private QueueOptions options(int i) {
    return QueueOptions.of(directory.resolve("q" + i));
  }

  private DiskBudget budget(@Nullable DiskBudgetSettings settings) {
    List<OwnedQueue> queues = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      queues.add(new OwnedQueue(OwnedQueue.Kind.QUEUE, "n" + i, "test_output", options(i)));
    }
    return new DiskBudget(settings, queues, path -> volume, nanos::get);
  }

  private SpaceGrant grant(DiskBudget budget, int i) {
    return budget.share(options(i)).space();
  }

  @Test
  void withoutABudgetAQueueIsLeftAsItIs() {
    DiskBudget budget = budget(null);

    assertThat(budget.isSet()).isFalse();
    assertThat(budget.share(options(0))).isEqualTo(options(0));
  }

  @Test
  void oneQueueTakesAllButTheSharesOfTheOthers_whichStayTheirs() {
    DiskBudget budget = budget(settings(MAX, 0));
    SpaceGrant noisy = grant(budget, 0);

    assertThat(noisy.tryHold(MAX - 4 * SHARE + 1)).isFalse();
    assertThat(budget.status().spent()).isEqualTo(Cause.BUDGET);
    assertThat(noisy.tryHold(MAX - 4 * SHARE)).isTrue();
    for (int i = 1; i < 5; i++) {
      assertThat(grant(budget, i).tryHold(SHARE + 1)).isFalse();
      assertThat(grant(budget, i).tryHold(SHARE)).isTrue();
    }
    assertThat(budget.status().usedBytes()).isEqualTo(MAX);
    assertThat(budget.status().freeBytes()).isZero();
  }

  @Test
  void whatARefusalWasFor_isKnownOfTheQueueThatWasRefused_forSomeSeconds() {
    DiskBudget budget = budget(settings(MAX, 1_000_000));
    assertThat(grant(budget, 0).tryHold(MAX)).isFalse();
    usable.set(1_500_000);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(grant(budget, 1).tryHold(600_000)).isFalse();

    usable.set(MAX);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    budget.look();
    assertThat(budget.refusal(options(0).directory()))
        .isNotNull()
        .returns(Cause.BUDGET, BudgetStatus::spent);
    assertThat(budget.refusal(options(1).directory()))
        .isNotNull()
        .returns(Cause.FREE_SPACE, BudgetStatus::spent)
        .satisfies(
            then ->
                assertThat(then.sentence())
                    .startsWith(
                        "a disk has 1.5MB free, and disk_budget.min_free_bytes keeps 1.0MB"))
        .satisfies(then -> assertThat(then.pastSentence()).startsWith("a disk had 1.5MB free, "));
    assertThat(budget.refusal(options(2).directory())).isNull();

    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(budget.refusal(options(1).directory())).isNull();
  }

  @Test
  void roomIsWhatIsGranted_toTheByte() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      usable.set(random.nextLong(2 * MAX));
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      DiskBudget budget = budget(settings(random.nextBoolean() ? MAX : 0, 10_000_000));
      long[] held = new long[5];
      for (int step = 0; step < 6; step++) {
        int i = random.nextInt(5);
        held[i] = random.nextLong(MAX / 4);
        grant(budget, i).hold(held[i]);
      }
      budget.foundOrphans(random.nextLong(MAX / 8));
      budget.look();
      int asks = random.nextInt(5);

      BudgetRoom room = budget.room(options(asks).directory());

      assertThat(grant(budget, asks).tryHold(held[asks] + room.bytes() + 1)).isFalse();
      assertThat(budget.status().spent()).isEqualTo(room.bound());
      assertThat(grant(budget, asks).tryHold(held[asks] + room.bytes())).isTrue();
    }
    assertThat(budget(null).room(options(0).directory())).isEqualTo(BudgetRoom.UNLIMITED);
  }

  @Test
  void whatIsGivenBackIsForAnybody_andItIsWellAgain() {
    DiskBudget budget = budget(settings(MAX, 0));
    grant(budget, 0).tryHold(MAX - 4 * SHARE);
    assertThat(grant(budget, 1).tryHold(2 * SHARE)).isFalse();

    grant(budget, 0).hold(SHARE);
    assertThat(budget.status().spent()).isEqualTo(Cause.BUDGET);
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());

    assertThat(budget.status().spent()).isNull();
    assertThat(grant(budget, 1).tryHold(2 * SHARE)).isTrue();
  }

  @Test
  void moreThanTheBudgetFound_grantsNothing_untilItIsBelow() throws IOException {
    Path found = Files.createDirectories(directory.resolve("q0"));
    Files.write(found.resolve("0000000000000000000.seg"), new byte[2_000_000]);
    DiskBudget budget = budget(settings(1_500_000, 0));

    budget.measure();

    assertThat(budget.status().usedBytes()).isEqualTo(2_000_000);
    assertThat(budget.status().spent()).isEqualTo(Cause.BUDGET);
    assertThat(grant(budget, 1).tryHold(1_000)).isFalse();
    assertThat(grant(budget, 0).tryHold(2_000_000)).isTrue();
    assertThat(grant(budget, 0).tryHold(2_000_001)).isFalse();
    grant(budget, 0).hold(500_000);
    assertThat(grant(budget, 1).tryHold(1_000)).isTrue();
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(budget.status().spent()).isNull();
  }

  @Test
  void orphansTakeTheirPart() {
    DiskBudget budget = budget(settings(MAX, 0));

    budget.foundOrphans(MAX / 2);
    assertThat(grant(budget, 0).tryHold(MAX / 2)).isFalse();
    budget.foundOrphans(0);
    assertThat(grant(budget, 0).tryHold(MAX / 2)).isTrue();
  }

  @Test
  void whatStaysFreeOnTheDisk_isKept_alsoWithinAShare() {
    DiskBudget budget = budget(settings(0, 1_000_000));
    usable.set(3_000_000);
    SpaceGrant one = grant(budget, 0);
    SpaceGrant other = grant(budget, 1);

    assertThat(one.tryHold(1_500_000)).isTrue();
    // Not written yet, so the system still calls it free.
    assertThat(other.tryHold(600_000)).isFalse();
    assertThat(budget.status().spent()).isEqualTo(Cause.FREE_SPACE);
    assertThat(other.tryHold(400_000)).isTrue();
    usable.set(1_100_000);
    one.hold(1_500_000);
    other.hold(400_000);
    assertThat(other.tryHold(400_000 + 200_000)).isFalse();

    usable.set(5_000_000);
    assertThat(other.tryHold(400_000 + 200_000)).isTrue();
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    budget.look();
    assertThat(budget.status().spent()).isNull();
  }

  @Test
  void theSystemIsAskedTenTimesASecondAtMost_whileThereIsPlenty() {
    AtomicLong asked = new AtomicLong();
    Volume counting =
        new Volume(
            "/",
            () -> {
              asked.incrementAndGet();
              return Long.MAX_VALUE / 2;
            });
    DiskBudget budget =
        new DiskBudget(
            settings(0, 1),
            List.of(new OwnedQueue(OwnedQueue.Kind.QUEUE, "n", "test_output", options(0))),
            path -> counting,
            nanos::get);
    SpaceGrant grant = grant(budget, 0);

    for (int i = 1; i <= 1_000; i++) {
      nanos.addAndGet(Duration.ofMillis(1).toNanos());
      assertThat(grant.tryHold(i * 100_000L)).isTrue();
      grant.hold(i * 100_000L);
    }

    assertThat(asked.get()).isBetween(9L, 11L);
  }

  @Test
  void aSegmentIsNoLargerThanAnEighthOfAShare() {
    QueueOptions shared = budget(settings(MAX, 0)).share(options(0));

    assertThat(shared.segmentBytes()).isEqualTo((int) (SHARE / 8));
    assertThat(shared.maxBytes()).isEqualTo(options(0).maxBytes());
  }

  @Test
  void underConcurrencyTheSumStaysWithinTheBudget() {
    DiskBudget budget = budget(settings(MAX, 0));
    AtomicLong[] held = new AtomicLong[5];
    List<CompletableFuture<Void>> work = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held[i] = new AtomicLong();
      SpaceGrant grant = grant(budget, i);
      AtomicLong own = held[i];
      Random random = new Random(i);
      work.add(CompletableFuture.runAsync(() -> growAndShrink(grant, own, random)));
    }
    while (work.stream().anyMatch(task -> !task.isDone())) {
      assertThat(budget.status().usedBytes()).isLessThanOrEqualTo(MAX);
    }
    work.forEach(CompletableFuture::join);

    long sum = 0;
    for (AtomicLong own : held) {
      sum += own.get();
    }
    assertThat(budget.status().usedBytes()).isEqualTo(sum);
  }

  private static void growAndShrink(SpaceGrant grant, AtomicLong own, Random random) {
    for (int n = 0; n < 20_000; n++) {
      long wanted = own.get() + random.nextInt(2_000_000);
      if (grant.tryHold(wanted)) {
        own.set(wanted);
      } else {
        // Within its share it is never refused.
        assertThat(wanted).isGreaterThan(SHARE);
        own.set(own.get() / 2);
      }
      grant.hold(own.get());
    }
  }
}
