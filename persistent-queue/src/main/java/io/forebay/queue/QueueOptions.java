package io.forebay.queue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a queue is opened.
 *
 * @param directory holds all files of the queue and nothing else
 * @param maxBytes bound on the real bytes of all files in the directory
 * @param segmentBytes size at which a new segment is begun; a segment is deleted whole. When it is
 *     more than an eighth of {@code maxBytes} it is lowered to that, so that a small queue can
 *     still let go of a part. A single record that is larger gets a segment of its own
 * @param overflow what an append does at the bound
 * @param syncPolicy what an append's completion promises
 * @param compression of new frames
 * @param maxAge older records are dropped and counted; null for no limit
 * @param clock stamps frames and measures ages
 * @param listener told of everything that an operator should see
 * @param space the queue's part of a disk that it shares with other queues
 */
public record QueueOptions(
    Path directory,
    long maxBytes,
    int segmentBytes,
    Overflow overflow,
    SyncPolicy syncPolicy,
    Compression compression,
    @Nullable Duration maxAge,
    Clock clock,
    QueueListener listener,
    SpaceGrant space) {

  public static final long DEFAULT_MAX_BYTES = 1_000_000_000L;
  public static final int DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
  public static final long MIN_MAX_BYTES = 64 * 1024;
  public static final int MIN_SEGMENT_BYTES = 4 * 1024;

  /** Refuses bounds below {@link #MIN_MAX_BYTES} and {@link #MIN_SEGMENT_BYTES}. */
  public QueueOptions {
    if (maxBytes < MIN_MAX_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes must be at least " + MIN_MAX_BYTES + ": " + maxBytes);
    }
    if (segmentBytes < MIN_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes must be at least " + MIN_SEGMENT_BYTES + ": " + segmentBytes);
    }
    if (maxAge != null && maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge must not be negative: " + maxAge);
    }
  }

  /** With a disk of its own. */
  public QueueOptions(
      Path directory,
      long maxBytes,
      int segmentBytes,
      Overflow overflow,
      SyncPolicy syncPolicy,
      Compression compression,
      @Nullable Duration maxAge,
      Clock clock,
      QueueListener listener) {
    this(
        directory,
        maxBytes,
        segmentBytes,
        overflow,
        syncPolicy,
        compression,
        maxAge,
        clock,
        listener,
        SpaceGrant.UNLIMITED);
  }

  /** The same queue, with another listener. */
  public QueueOptions withListener(QueueListener other) {
    return new QueueOptions(
        directory,
        maxBytes,
        segmentBytes,
        overflow,
        syncPolicy,
        compression,
        maxAge,
        clock,
        other,
        space);
  }

  /**
   * The same queue on a disk that it shares.
   *
   * @param largestSegmentBytes bound on {@link #segmentBytes}, so that a small part can be let go
   *     of in steps
   */
  public QueueOptions withSpace(SpaceGrant shared, int largestSegmentBytes) {
    return new QueueOptions(
        directory,
        maxBytes,
        Math.max(MIN_SEGMENT_BYTES, Math.min(segmentBytes, largestSegmentBytes)),
        overflow,
        syncPolicy,
        compression,
        maxAge,
        clock,
        listener,
        shared);
  }

  /**
   * The defaults: 1 GB, segments of 64 MiB, drop newest, sync before completion, no compression, no
   * age limit.
   */
  public static QueueOptions of(Path directory) {
    return new QueueOptions(
        directory,
        DEFAULT_MAX_BYTES,
        DEFAULT_SEGMENT_BYTES,
        Overflow.DROP_NEWEST,
        new SyncPolicy.Always(),
        Compression.NONE,
        null,
        Clock.systemUTC(),
        QueueListener.NONE);
  }
}
