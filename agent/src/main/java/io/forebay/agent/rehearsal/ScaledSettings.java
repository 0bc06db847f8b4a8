package io.forebay.agent.rehearsal;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.MemoryBuffer;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.FsyncPolicy;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.QueueOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A destination's settings for a rehearsal: on no real path, without compression, since nobody
 * knows how well the real items compress, and with every bound on items and bytes divided.
 */
final class ScaledSettings {

  private static final Path NOWHERE = Path.of("rehearsal");
  private static final MemoryBuffer DEFAULT_MEMORY =
      new MemoryBuffer(20_000, DataSize.parse("8MiB"));

  /** More than any run fills. */
  private static final DataSize ROOM = DataSize.ofBytes(1L << 50);

  private ScaledSettings() {}

  /** Into how many parts the settings can be divided at most. */
  static int mostParts(DestinationSettings settings) {
    PersistentQueueSettings queue = settings.persistentQueue();
    long most = Integer.MAX_VALUE;
    if (queue != null) {
      most = queue.maxByteSize().bytes() / (1 << 20);
      if (queue.drainRateLimit() > 0) {
        most = Math.min(most, queue.drainRateLimit());
      }
    }
    return (int) Math.max(most, 1);
  }

  static DestinationSettings of(DestinationSettings settings, int parts) {
    PersistentQueueSettings queue = settings.persistentQueue();
    MemoryBuffer memory =
        settings.memoryBuffer() == null ? DEFAULT_MEMORY : settings.memoryBuffer();
    DataSize batchBytes = settings.batchBytes();
    return new DestinationSettings(
        settings.parallelWorkerCount(),
        settings.batchSize() == 0 ? 0 : Math.max(settings.batchSize() / parts, 1),
        batchBytes == null ? null : divided(batchBytes, parts, 1),
        settings.batchTimeout(),
        settings.requestTimeout(),
        new MemoryBuffer(
            Math.max(memory.size() / parts, 1), divided(memory.maxByteSize(), parts, 1)),
        settings.retry(),
        settings.resilience(),
        queue == null
            ? null
            : queue(
                queue,
                divided(queue.maxByteSize(), parts, QueueOptions.MIN_MAX_BYTES),
                queue.drainRateLimit() == 0 ? 0 : Math.max(queue.drainRateLimit() / parts, 1),
                queue.overflow(),
                queue.maxAge(),
                // Where nothing is given up their size is nothing to divide, and few are faster.
                queue.maxByteSize().equals(ROOM)
                    ? queue.segmentSize()
                    : divided(queue.segmentSize(), parts, QueueOptions.MIN_SEGMENT_BYTES)),
        null);
  }

  /**
   * The same with a queue that is never full and drops nothing for its age.
   *
   * @param drainRateLimit instead of the queue's own; null for that
   */
  static DestinationSettings withRoom(
      DestinationSettings settings, @Nullable Integer drainRateLimit) {
    PersistentQueueSettings queue = settings.persistentQueue();
    PersistentQueueSettings roomy =
        queue == null
            ? new PersistentQueueSettings(
                NOWHERE,
                Mode.ERROR,
                ROOM,
                0,
                false,
                Overflow.DROP_NEWEST,
                FsyncPolicy.ALWAYS,
                Duration.ofSeconds(1),
                null,
                Compression.NONE,
                DataSize.parse("64MiB"))
            : queue(
                queue,
                ROOM,
                drainRateLimit == null ? queue.drainRateLimit() : drainRateLimit,
                Overflow.DROP_NEWEST,
                null,
                queue.segmentSize());
    return new DestinationSettings(
        settings.parallelWorkerCount(),
        settings.batchSize(),
        settings.batchBytes(),
        settings.batchTimeout(),
        settings.requestTimeout(),
        settings.memoryBuffer(),
        settings.retry(),
        settings.resilience(),
        roomy,
        null);
  }

  private static PersistentQueueSettings queue(
      PersistentQueueSettings queue,
      DataSize maxByteSize,
      int drainRateLimit,
      Overflow overflow,
      @Nullable Duration maxAge,
      DataSize segmentSize) {
    return new PersistentQueueSettings(
        NOWHERE,
        queue.mode(),
        maxByteSize,
        drainRateLimit,
        queue.strictOrdering(),
        overflow,
        queue.fsync(),
        queue.fsyncInterval(),
        maxAge,
        Compression.NONE,
        segmentSize);
  }

  private static DataSize divided(DataSize size, int parts, long least) {
    return DataSize.ofBytes(Math.max(size.bytes() / parts, least));
  }
}
