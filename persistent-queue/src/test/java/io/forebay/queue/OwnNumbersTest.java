package io.forebay.queue;

import static io.forebay.queue.QueueFixture.batch;
import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** An owner that names what never comes to the disk out of the queue's numbers. */
class OwnNumbersTest {

  private final CrashStorage disk = new CrashStorage();
  private final QueueOptions options =
      new QueueOptions(
          java.nio.file.Path.of("memory"),
          QueueOptions.MIN_MAX_BYTES,
          QueueOptions.MIN_SEGMENT_BYTES,
          Overflow.DROP_OLDEST,
          new SyncPolicy.Always(),
          Compression.NONE,
          null,
          java.time.Clock.systemUTC(),
          QueueListener.NONE);

  private static AppendResult append(PersistentQueue queue, long first, String... records) {
    return queue.append(batch(records), first).toCompletableFuture().join();
  }

  @Test
  void recordsKeepTheNumbersThatTheyWereGiven_acrossALifeAndACrash() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(append(queue, 5, "five", "six")).isEqualTo(new AppendResult.Stored(5, 2));
      assertThat(append(queue, 7, "seven")).isEqualTo(new AppendResult.Stored(7, 1));
      assertThat(append(queue, 100, "hundred")).isEqualTo(new AppendResult.Stored(100, 1));
      disk.crash(new Random(1));
    } catch (IOException e) {
      // The queue of the life before finds its disk gone.
    }
    disk.heal();
    try (PersistentQueue queue = disk.open(options)) {
      List<Lease> leases = leaseAll(queue);
      assertThat(texts(leases)).containsExactly("five", "six", "seven", "hundred");
      assertThat(leases.stream().map(Lease::firstSequence)).containsExactly(5L, 7L, 100L);
      assertThat(queue.statistics().nextSequence()).isEqualTo(101);
    }
  }

  @Test
  void numbersThatAreLeftOut_areNotMissed() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      append(queue, 10, "ten");
      append(queue, 20, "twenty");
      assertThat(queue.statistics().records()).isEqualTo(2);
      leaseAll(queue).forEach(Lease::acknowledge);
      assertThat(queue.statistics().records()).isZero();
      assertThat(queue.statistics().frontier()).isEqualTo(21);
    }
  }

  @Test
  void aNumberThatIsTaken_isRefused_andTheQueueGoesOn() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      append(queue, 10, "ten");
      assertThatThrownBy(() -> append(queue, 10, "again"))
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("the next free one is 11");
      assertThat(append(queue, 11, "eleven")).isEqualTo(new AppendResult.Stored(11, 1));
    }
  }

  @Test
  void reservedNumbers_areNotGivenAgain_afterACrashNorAClose() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      queue.reserve(1000);
      disk.crash(new Random(1));
    } catch (IOException e) {
      // The queue of the life before finds its disk gone.
    }
    disk.heal();
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().nextSequence()).isEqualTo(1000);
      queue.reserve(2000);
    }
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().nextSequence()).isEqualTo(2000);
      queue.reserve(3000);
      queue.endReservation(2010);
    }
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().nextSequence()).isEqualTo(2010);
      assertThat(queue.statistics().records()).isZero();
    }
  }

  @Test
  void aReservationOnAFailedDisk_isNone() throws IOException {
    try (PersistentQueue queue = disk.open(options)) {
      disk.failSyncs(true);
      assertThatThrownBy(() -> queue.reserve(1000)).isInstanceOf(IOException.class);
      disk.heal();
    }
  }

  @Test
  void whatTheRingGaveUp_isKnownInTheNextLife() throws IOException {
    String kilobyte = "x".repeat(1000);
    long told = 0;
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.truncatedBelow()).isZero();
      for (int i = 0; i < 200; i++) {
        append(queue, i, kilobyte);
      }
      told = queue.truncatedBelow();
      assertThat(told).isEqualTo(queue.statistics().frontier()).isPositive();
      disk.kill();
    } catch (IOException e) {
      // The queue of the life before finds its disk gone.
    }
    disk.heal();
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.truncatedBelow()).isEqualTo(told);
      leaseAll(queue).forEach(Lease::acknowledge);
      assertThat(queue.truncatedBelow()).isEqualTo(told);
    }
  }
}
