package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of a queue share: short ways to append and to read, and a listener that counts.
 */
final class QueueFixture {

  /** Counts what a queue reports. */
  static final class Reports implements QueueListener {
    final Map<DropReason, Long> dropped = new ConcurrentHashMap<>();
    final List<String> damages = new ArrayList<>();
    final List<String> diskTroubles = new CopyOnWriteArrayList<>();
    volatile int diskFailures;
    volatile int diskRecoveries;

    @Override
    public void onDropped(DropReason reason, long records, long bytes) {
      dropped.merge(reason, records, Long::sum);
    }

    @Override
    public synchronized void onDamaged(Path segment, long offset, String what) {
      damages.add(segment.getFileName() + "@" + offset + ": " + what);
    }

    @Override
    public synchronized void onDiskFailed(String operation, DiskException cause) {
      diskFailures++;
      diskTroubles.add(operation + ": " + cause.getMessage());
    }

    @Override
    public synchronized void onDiskWell() {
      diskRecoveries++;
    }
  }

  private QueueFixture() {}

  static QueueOptions options(
      Path directory, long maxBytes, int segmentBytes, Overflow overflow, QueueListener listener) {
    return new QueueOptions(
        directory,
        maxBytes,
        segmentBytes,
        overflow,
        new SyncPolicy.Always(),
        Compression.NONE,
        null,
        Clock.systemUTC(),
        listener);
  }

  static QueueOptions with(QueueOptions options, SyncPolicy policy) {
    return new QueueOptions(
        options.directory(),
        options.maxBytes(),
        options.segmentBytes(),
        options.overflow(),
        policy,
        options.compression(),
        options.maxAge(),
        options.clock(),
        options.listener());
  }

  static QueueOptions with(QueueOptions options, Compression compression) {
    return new QueueOptions(
        options.directory(),
        options.maxBytes(),
        options.segmentBytes(),
        options.overflow(),
        options.syncPolicy(),
        compression,
        options.maxAge(),
        options.clock(),
        options.listener());
  }

  static RecordBatch batch(String... records) {
    return batch(Arrays.stream(records).map(r -> r.getBytes(StandardCharsets.UTF_8)).toList());
  }

  static RecordBatch batch(List<byte[]> records) {
    return new RecordBatch(
        records.stream().map(ByteBuffer::wrap).toArray(ByteBuffer[]::new),
        records.stream().mapToInt(record -> record.length).toArray(),
        records.size());
  }

  /** Records of one size that begin with their number. */
  static RecordBatch numbered(int first, int count, int bytes) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] record = new byte[bytes];
      Arrays.fill(record, (byte) 'x');
      ByteBuffer.wrap(record).putInt(first + i);
      records.add(record);
    }
    return batch(records);
  }

  static AppendResult append(PersistentQueue queue, RecordBatch batch) {
    return queue.append(batch).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  static long store(PersistentQueue queue, RecordBatch batch) {
    AppendResult result = append(queue, batch);
    assertThat(result).isInstanceOf(AppendResult.Stored.class);
    return result instanceof AppendResult.Stored stored ? stored.firstSequence() : -1;
  }

  static String text(Lease lease, int i) {
    return new String(lease.bytes(), lease.offset(i), lease.length(i), StandardCharsets.UTF_8);
  }

  static int number(Lease lease, int i) {
    return ByteBuffer.wrap(lease.bytes()).getInt(lease.offset(i));
  }

  /** Leases one after another until nothing is ready. */
  static List<Lease> leaseAll(PersistentQueue queue) throws IOException {
    List<Lease> leases = new ArrayList<>();
    for (Lease lease = next(queue); lease != null; lease = next(queue)) {
      leases.add(lease);
    }
    return leases;
  }

  private static @Nullable Lease next(PersistentQueue queue) throws IOException {
    return queue.lease(1000, 1 << 20);
  }

  static List<String> texts(List<Lease> leases) {
    List<String> texts = new ArrayList<>();
    for (Lease lease : leases) {
      for (int i = 0; i < lease.count(); i++) {
        texts.add(text(lease, i));
      }
    }
    return texts;
  }
}
