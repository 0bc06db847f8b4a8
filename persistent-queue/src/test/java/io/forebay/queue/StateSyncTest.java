package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When what is settled is made to survive a power cut, by the clock of the test. */
class StateSyncTest {

  private static final int RECORDS = 20;
  private static final int POWER_CUTS = 50;

  private final TestClock clock = new TestClock(1_800_000_000_000L);
  private final CrashStorage disk = new CrashStorage();
  private int stateSyncs;
  private long syncMillis;
  private ManualLoop loop = new ManualLoop(clock);
  private SegmentQueue queue;

  StateSyncTest() throws IOException {
    queue = open();
  }

  /** Of one segment, which holds all records. */
  private SegmentQueue open() throws IOException {
    QueueOptions options =
        new QueueOptions(
            Path.of("memory"),
            8 << 20,
            1 << 20,
            Overflow.DROP_NEWEST,
            new SyncPolicy.Always(),
            Compression.NONE,
            null,
            clock,
            QueueListener.NONE);
    SegmentQueue opened = Recovery.open(options, new SlowState(disk.storage()), loop);
    loop.run();
    return opened;
  }

  private void append(int records) {
    for (int i = 0; i < records; i++) {
      queue.append(QueueFixture.numbered(i, 1, 100));
      loop.run();
    }
  }

  private void deliver(int records) throws IOException {
    for (int i = 0; i < records; i++) {
      Lease lease = queue.lease(1, 1 << 20);
      assertThat(lease).isNotNull();
      lease.acknowledge();
    }
  }

  private long frontierAfterPowerCut(int seed) throws IOException {
    disk.crash(new Random(seed));
    loop = new ManualLoop(clock);
    queue = open();
    return queue.statistics().frontier();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 500, 999})
  void powerCut_repeatsNothing_thatWasDeliveredOverASecondBefore(int millisIntoTheSecond)
      throws IOException {
    append(RECORDS);
    loop.advance(millisIntoTheSecond);
    for (int seed = 0, delivered = 0; seed < POWER_CUTS && delivered < RECORDS; seed++) {
      deliver(1);
      delivered++;
      for (int i = 0; i < 51; i++) { // 1,020 ms: the state is written 20 ms after a delivery
        loop.advance(20);
      }
      assertThat(frontierAfterPowerCut(seed)).as("with seed %d", seed).isEqualTo(delivered);
      loop.advance(millisIntoTheSecond);
    }
  }

  @Test
  void aQueueThatRests_syncsNothing() throws IOException {
    append(RECORDS);
    deliver(3);
    loop.advance(1000);
    loop.advance(1000);
    int before = stateSyncs;
    for (int i = 0; i < 100; i++) {
      loop.advance(1000);
    }
    assertThat(stateSyncs).isEqualTo(before);
  }

  @Test
  void aQueueThatDelivers_syncsOnceASecond() throws IOException {
    append(RECORDS);
    loop.advance(1000);
    int before = stateSyncs;
    for (int i = 0; i < 10; i++) {
      deliver(1);
      for (int j = 0; j < 50; j++) {
        loop.advance(20);
      }
    }
    assertThat(stateSyncs - before).isEqualTo(10);
  }

  /** Appends wait while it is synced. */
  @Test
  void aSlowDisk_isKeptBusyAFiftiethOfTheTime() throws IOException {
    append(RECORDS);
    syncMillis = 100;
    int before = stateSyncs;
    long start = clock.millis();
    for (int i = 0; i < RECORDS; i++) {
      deliver(1);
      for (int j = 0; j < 50; j++) {
        loop.advance(20);
      }
    }
    long seconds = (clock.millis() - start) / 1000;
    assertThat(stateSyncs - before).isBetween((int) seconds / 6, (int) seconds / 4);
  }

  private final class SlowState extends ForwardingStorage {

    SlowState(Storage storage) {
      super(storage);
    }

    @Override
    StorageFile opened(String name, StorageFile file) {
      return name.equals(StateFile.FILE_NAME)
          ? new ForwardingFile(file) {
            @Override
            public void sync() throws IOException {
              stateSyncs++;
              clock.advance(syncMillis);
              super.sync();
            }
          }
          : file;
    }
  }
}
