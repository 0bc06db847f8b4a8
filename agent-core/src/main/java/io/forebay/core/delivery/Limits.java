package io.forebay.core.delivery;

import io.forebay.core.component.NumberedDestination;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.CircuitBreaker;
import io.forebay.core.config.DestinationSettings.MemoryBuffer;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.config.DestinationSettings.RetrySettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one delivery with every default filled in, times in nanoseconds.
 *
 * @param mode null without a queue on disk
 * @param numbered whether items are sent with their numbers; then always strict
 * @param workers requests under way at once; with {@code numbered} these are sent in order
 * @param isolateAfter failed attempts after which what fails by itself is bisected; 0 for never
 * @param failureThreshold failures in a row that open the circuit; {@link Integer#MAX_VALUE} when
 *     the breaker is off
 * @param openNanos time that the circuit stays open; 0 for the retry wait
 * @param drainItemsPerSecond 0 for no limit
 * @param maxAppendBytes encoded bytes that one append may have, so that it fits a segment
 */
record Limits(
    @Nullable Mode mode,
    boolean strict,
    boolean numbered,
    int workers,
    int batchItems,
    long batchBytes,
    long batchTimeoutNanos,
    Duration requestTimeout,
    int memoryItems,
    long memoryBytes,
    long initialBackoffNanos,
    long maxBackoffNanos,
    int isolateAfter,
    int failureThreshold,
    long openNanos,
    int closingSuccesses,
    int drainItemsPerSecond,
    int maxAppendBytes) {

  private static final int DEFAULT_MEMORY_ITEMS = 20_000;
  private static final long DEFAULT_MEMORY_BYTES = 8L << 20;
  private static final int DEFAULT_ISOLATE_AFTER = 10;
  private static final int DEFAULT_FAILURE_THRESHOLD = 5;

  /** An incomplete batch for which nothing more comes waits for so small a part of its time. */
  private static final int QUIET_SHARE = 100;

  /** Larger appends gain nothing: the cost of a sync is spread over thousands of items by then. */
  private static final long MAX_APPEND_BYTES = 1L << 20;

  static Limits of(DeliveryOptions options) {
    DestinationSettings settings = options.settings();
    PersistentQueueSettings queue = settings.persistentQueue();
    MemoryBuffer memory = settings.memoryBuffer();
    RetrySettings retry = settings.retry();
    CircuitBreaker breaker =
        settings.resilience() == null ? null : settings.resilience().circuitBreaker();
    Duration timeout = settings.batchTimeout();
    NumberedDestination numbered =
        options.destination() instanceof NumberedDestination destination ? destination : null;
    return new Limits(
        queue == null ? null : queue.mode(),
        settings.strictOrdering() || numbered != null,
        numbered != null,
        numbered != null ? numbered.windows() : settings.workers(),
        settings.batchSize() == 0 ? Integer.MAX_VALUE : settings.batchSize(),
        (settings.batchBytes() == null ? options.defaultBatchBytes() : settings.batchBytes())
            .bytes(),
        (timeout == null ? options.defaultBatchTimeout() : timeout).toNanos(),
        settings.requestTimeout(),
        memory == null ? DEFAULT_MEMORY_ITEMS : memory.size(),
        memory == null ? DEFAULT_MEMORY_BYTES : memory.maxByteSize().bytes(),
        (retry == null ? Duration.ofSeconds(1) : retry.initialInterval()).toNanos(),
        (retry == null ? Duration.ofSeconds(60) : retry.maxInterval()).toNanos(),
        retry == null ? DEFAULT_ISOLATE_AFTER : retry.isolateAfterAttempts(),
        breaker == null
            ? DEFAULT_FAILURE_THRESHOLD
            : breaker.enabled() ? breaker.failureThreshold() : Integer.MAX_VALUE,
        breaker == null || breaker.openTimeout() == null ? 0 : breaker.openTimeout().toNanos(),
        breaker == null ? 1 : breaker.halfOpenMaxCalls(),
        queue == null ? 0 : queue.drainRateLimit(),
        queue == null ? 0 : maxAppendBytes(queue));
  }

  /**
   * How long an incomplete batch is worth waiting for: not beyond its time, and not once the input
   * has gone quiet.
   *
   * @param oldestNanos when its oldest item came
   * @param newestNanos when its youngest item came
   */
  long lingerUntil(long oldestNanos, long newestNanos) {
    return Math.min(oldestNanos + batchTimeoutNanos, newestNanos + batchTimeoutNanos / QUIET_SHARE);
  }

  boolean hasQueue() {
    return mode != null;
  }

  /** A quarter of the smallest segment that the queue may choose, so that frames pack well. */
  private static int maxAppendBytes(PersistentQueueSettings queue) {
    long segment = Math.min(queue.segmentSize().bytes(), queue.maxByteSize().bytes() / 8);
    return (int) Math.max(Math.min(segment / 4, MAX_APPEND_BYTES), 1);
  }
}
