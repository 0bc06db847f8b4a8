package io.forebay.core.delivery;

import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.QueueListener;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SyncPolicy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The options of the queues that a destination's settings ask for. */
public final class QueueSettings {

  private static final String DEAD_LETTERS = "dead-letters";

  private static final long DEAD_LETTER_BYTES = 100_000_000L;

  /** Dead letters are few: a small segment lets the oldest go in small steps. */
  private static final int DEAD_LETTER_SEGMENT_BYTES = 8 << 20;

  private QueueSettings() {}

  static @Nullable QueueOptions ofQueue(DeliveryOptions options) {
    PersistentQueueSettings queue = options.settings().persistentQueue();
    return queue == null
        ? null
        : ofQueue(
            queue,
            new SteadyClock(options.clock(), () -> options.scheduler().now(TimeUnit.NANOSECONDS)));
  }

  /** The queue that the block {@code persistent_queue} describes. */
  public static QueueOptions ofQueue(PersistentQueueSettings queue, Clock clock) {
    SyncPolicy sync =
        switch (queue.fsync()) {
          case ALWAYS -> new SyncPolicy.Always();
          case INTERVAL -> new SyncPolicy.Interval(queue.fsyncInterval());
          case NEVER -> new SyncPolicy.Never();
        };
    return new QueueOptions(
        queue.path(),
        queue.maxByteSize().bytes(),
        (int) Math.min(queue.segmentSize().bytes(), 1 << 30),
        queue.overflow(),
        sync,
        queue.compression(),
        queue.maxAge(),
        clock,
        QueueListener.NONE);
  }

  static QueueOptions ofDeadLetters(DeliveryOptions options) {
    return ofDeadLetters(
        options.settings().deadLetters(), options.deadLetterDirectory(), options.clock());
  }

  /**
   * The queue of dead letters that the block {@code dead_letters} describes.
   *
   * @param settings null where the block is missing
   * @param defaultDirectory where they go when the block names no directory
   */
  public static QueueOptions ofDeadLetters(
      @Nullable DeadLetterSettings settings, Path defaultDirectory, Clock clock) {
    Path path = settings == null ? null : settings.path();
    return new QueueOptions(
        path == null ? defaultDirectory : path,
        settings == null ? DEAD_LETTER_BYTES : settings.maxByteSize().bytes(),
        DEAD_LETTER_SEGMENT_BYTES,
        Overflow.DROP_OLDEST,
        new SyncPolicy.Always(),
        Compression.NONE,
        null,
        clock,
        QueueListener.NONE);
  }

  /** Where a node's dead letters go when its settings name no directory. */
  public static Path deadLetterDirectory(Path dataDirectory, String nodeName) {
    // Names may hold slashes and dots.
    String name = URLEncoder.encode(nodeName, StandardCharsets.UTF_8).replace(".", "%2E");
    return dataDirectory.resolve(DEAD_LETTERS).resolve(name);
  }

  static QueueOptions withListener(QueueOptions options, QueueListener listener) {
    return new QueueOptions(
        options.directory(),
        options.maxBytes(),
        options.segmentBytes(),
        options.overflow(),
        options.syncPolicy(),
        options.compression(),
        options.maxAge(),
        options.clock(),
        listener);
  }
}
