package io.forebay.core.config;

import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys that every destination has; flattened into each destination's own record. */
public record DestinationSettings(
    @Key(
            value = "Requests under way at once; 5 when missing, 1 with strict_ordering.",
            aliases = "parallel_workers",
            min = 1,
            max = 1024)
        @Nullable Integer parallelWorkerCount,
    @Key(value = "Items in a request at most; 0 for no limit.", defaultValue = "0", min = 0)
        int batchSize,
    @Key(
            value =
                "Bytes of encoded items in a request at most; settings.item_buffer_max_byte_limit when missing.",
            min = 1)
        @Nullable DataSize batchBytes,
    @Key(
            "Time that an incomplete batch waits for more; settings.item_buffer_flush_interval when missing.")
        @Nullable Duration batchTimeout,
    @Key(value = "Time after which a request counts as failed.", defaultValue = "30s", min = 1)
        Duration requestTimeout,
    @Key("The queue in memory, before anything is sent or spilled.")
        @Nullable MemoryBuffer memoryBuffer,
    @Key("Waiting between attempts.") @Nullable RetrySettings retry,
    @Key("When sending pauses after failures.") @Nullable Resilience resilience,
    @Key("The queue on disk.") @Nullable PersistentQueueSettings persistentQueue,
    @Key("Where items that the receiver rejects are kept.")
        @Nullable DeadLetterSettings deadLetters)
    implements Validated {

  /** The {@code memory_buffer} block. */
  public record MemoryBuffer(
      @Key(value = "Items held in memory at most.", defaultValue = "20000", min = 1) int size,
      @Key(value = "Bytes held in memory at most.", defaultValue = "8MiB", min = 1)
          DataSize maxByteSize) {}

  /** The {@code retry} block. */
  public record RetrySettings(
      @Key(
              value = "Length of the first interval; each sees one attempt, at a random moment.",
              defaultValue = "1s",
              min = 1)
          Duration initialInterval,
      @Key(
              value = "Length of every later interval at most; they double up to it.",
              defaultValue = "60s",
              min = 1)
          Duration maxInterval,
      @Key(
              value =
                  "Failed attempts after which a batch that fails while others succeed is bisected,"
                      + " and after which its bad item becomes a dead letter; 0 for never.",
              defaultValue = "10",
              min = 0,
              max = 1_000_000)
          int isolateAfterAttempts) {}

  /** The {@code resilience} block. */
  public record Resilience(
      @Key("Stops sending after failures in a row.") @Nullable CircuitBreaker circuitBreaker) {}

  /** The {@code circuit_breaker} block. */
  public record CircuitBreaker(
      @Key(value = "Whether the breaker is used.", defaultValue = "true") boolean enabled,
      @Key(value = "Failed requests in a row that open it.", defaultValue = "5", min = 1)
          int failureThreshold,
      @Key(
              value =
                  "Time that it stays open before a request is tried; the retry wait when missing.")
          @Nullable Duration openTimeout,
      @Key(value = "Successful requests that close it again.", defaultValue = "1", min = 1)
          int halfOpenMaxCalls) {}

  /** The {@code persistent_queue} block. */
  public record PersistentQueueSettings(
      @Key(
              value =
                  "Directory of the queue; created with mode 0700, locked against a second process.",
              required = true)
          Path path,
      @Key(value = "When data goes to disk.", defaultValue = "error") Mode mode,
      @Key(
              value = "Real bytes on disk at most, everything in the directory counted.",
              defaultValue = "1GB",
              min = 65536)
          DataSize maxByteSize,
      @Key(value = "Items per second while draining; 0 for no limit.", defaultValue = "0", min = 0)
          int drainRateLimit,
      @Key(
              value = "One worker, the queue before new data, retries included.",
              defaultValue = "false")
          boolean strictOrdering,
      @Key(value = "What happens at max_byte_size.", defaultValue = "drop_newest")
          Overflow overflow,
      @Key(value = "When bytes are forced to the device.", defaultValue = "always")
          FsyncPolicy fsync,
      @Key(value = "Time between syncs with fsync: interval.", defaultValue = "1s", min = 1)
          Duration fsyncInterval,
      @Key(
              value = "Records older than this are dropped and counted; no limit when missing.",
              min = 1)
          @Nullable Duration maxAge,
      @Key(value = "How frames are stored.", defaultValue = "none") Compression compression,
      @Key(
              value =
                  "Size of a segment file, which is deleted whole; a larger item gets one of its own.",
              defaultValue = "64MiB",
              min = 4096,
              max = 1 << 30)
          DataSize segmentSize) {

    private PersistentQueueSettings withSegmentSize(DataSize size) {
      return new PersistentQueueSettings(
          path,
          mode,
          maxByteSize,
          drainRateLimit,
          strictOrdering,
          overflow,
          fsync,
          fsyncInterval,
          maxAge,
          compression,
          size);
    }

    /** The three modes of the contract. */
    public enum Mode {
      ERROR,
      BACKPRESSURE,
      ALWAYS
    }

    /** When bytes are forced to the device. */
    public enum FsyncPolicy {
      ALWAYS,
      INTERVAL,
      NEVER
    }
  }

  /** The {@code dead_letters} block. */
  public record DeadLetterSettings(
      @Key("Directory; a folder for the node beneath the agent's data directory when missing.")
          @Nullable Path path,
      @Key(
              value = "Real bytes on disk at most; the oldest dead letters go first.",
              defaultValue = "100MB",
              min = 65536)
          DataSize maxByteSize) {}

  /** The same, with segments of the queue no larger than so many bytes. */
  public DestinationSettings withSegmentsUpTo(long bytes) {
    PersistentQueueSettings queue = persistentQueue;
    if (queue == null || queue.segmentSize().bytes() <= bytes) {
      return this;
    }
    return new DestinationSettings(
        parallelWorkerCount,
        batchSize,
        batchBytes,
        batchTimeout,
        requestTimeout,
        memoryBuffer,
        retry,
        resilience,
        queue.withSegmentSize(DataSize.ofBytes(bytes)),
        deadLetters);
  }

  /** Whether order is kept strictly, retries included. */
  public boolean strictOrdering() {
    return persistentQueue != null && persistentQueue.strictOrdering();
  }

  /** Requests under way at once. */
  public int workers() {
    if (parallelWorkerCount != null) {
      return parallelWorkerCount;
    }
    return strictOrdering() ? 1 : 5;
  }

  @Override
  public void validate(Complaints complaints) {
    if (strictOrdering() && workers() > 1) {
      complaints.report(
          "parallel_worker_count",
          "strict_ordering needs one worker, since several break the order; set parallel_worker_count: 1");
    }
    if (retry != null && retry.initialInterval().compareTo(retry.maxInterval()) > 0) {
      complaints.report("retry", "initial_interval is longer than max_interval");
    }
  }
}
