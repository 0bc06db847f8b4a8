package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the queue asks of the memory and of the disk, in counts that no machine's speed changes. The
 * bounds are a little above what it needs; one allocation more a record breaks them.
 */
class QueueCostTest {

  private static final int BATCH_RECORDS = 100;
  private static final int BATCHES = 10;
  private static final int RECORDS = BATCH_RECORDS * BATCHES;
  private static final int RECORD_BYTES = 256;

  @TempDir private Path directory;

  private final TestClock clock = new TestClock(1_800_000_000_000L);
  private final ManualLoop loop = new ManualLoop(clock);
  private final List<CompletionStage<AppendResult>> appends = new ArrayList<>();
  private CountingStorage storage;
  private PersistentQueue queue;

  @BeforeEach
  void open() throws IOException {
    Path files = directory.resolve("queue");
    storage = new CountingStorage(FileStorage.open(files));
    queue =
        Recovery.open(
            QueueFixture.options(
                files, 1L << 30, 64 << 20, Overflow.DROP_NEWEST, QueueListener.NONE),
            storage,
            loop);
    loop.run();
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  /** Records as an encoder leaves them: one behind the other in one buffer. */
  private static RecordBatch inOnePiece(int records) {
    int[] lengths = new int[records];
    Arrays.fill(lengths, RECORD_BYTES);
    ByteBuffer[] payload = {ByteBuffer.allocate(records * RECORD_BYTES)};
    return new RecordBatch(payload, lengths, records);
  }

  private void append(RecordBatch batch, int times) {
    appends.clear();
    for (int i = 0; i < times; i++) {
      appends.add(queue.append(batch));
    }
    loop.run();
    for (CompletionStage<AppendResult> append : appends) {
      assertStored(append);
    }
  }

  private static void assertStored(CompletionStage<AppendResult> append) {
    if (!(append.toCompletableFuture().join() instanceof AppendResult.Stored)) {
      throw new AssertionError("refused");
    }
  }

  private int drain() throws IOException {
    int records = 0;
    for (Lease lease = queue.lease(1000, 1 << 20);
        lease != null;
        lease = queue.lease(1000, 1 << 20)) {
      records += lease.count();
      lease.acknowledge();
    }
    return records;
  }

  @Test
  void appendingAllocatesNothingForARecord() throws Exception {
    RecordBatch batch = inOnePiece(BATCH_RECORDS);

    double bytes = AllocatedBytes.perUnit(RECORDS, () -> append(batch, BATCHES));

    assertThat(bytes)
        .as("bytes allocated for a record appended in batches of %d", BATCH_RECORDS)
        .isLessThan(8);
  }

  @Test
  void readingAllocatesLittleMoreThanTheRecordItself() throws Exception {
    RecordBatch batch = inOnePiece(BATCH_RECORDS);

    double bytes =
        AllocatedBytes.perUnit(
            RECORDS,
            () -> {
              append(batch, BATCHES);
              if (drain() != RECORDS) {
                throw new AssertionError("not everything was read");
              }
            });

    assertThat(bytes)
        .as("bytes allocated for a record of %d B appended, leased, acknowledged", RECORD_BYTES)
        .isLessThan(RECORD_BYTES + 20);
  }

  @Test
  void batchesThatWaitTogetherShareOneWriteAndOneSync() throws Exception {
    RecordBatch batch = inOnePiece(BATCH_RECORDS);
    append(batch, 1); // makes the segment
    storage.writes = 0;
    storage.syncs = 0;

    append(batch, BATCHES);

    assertThat(storage.writes).as("writes for %d records", RECORDS).isEqualTo(1);
    assertThat(storage.syncs).as("syncs for %d records", RECORDS).isEqualTo(1);
    assertThat(drain()).isEqualTo(RECORDS + BATCH_RECORDS);
  }

  @Test
  void recordsThatWaitTogetherShareOneWriteAndOneSync() {
    RecordBatch record = inOnePiece(1);
    append(record, 1);
    storage.writes = 0;
    storage.syncs = 0;

    append(record, RECORDS);

    assertThat(storage.writes).as("writes for %d single records", RECORDS).isEqualTo(1);
    assertThat(storage.syncs).as("syncs for %d single records", RECORDS).isEqualTo(1);
  }

  @Test
  void aFrameIsReadOnce() throws Exception {
    append(inOnePiece(BATCH_RECORDS), BATCHES);
    storage.reads = 0;

    assertThat(drain()).isEqualTo(RECORDS);

    assertThat(storage.reads)
        .as("reads of the disk for %d records in %d batches", RECORDS, BATCHES)
        .isLessThanOrEqualTo(BATCHES);
  }
}
