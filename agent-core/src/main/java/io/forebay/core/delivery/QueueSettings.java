package io.forebay.core.delivery;

import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.QueueListener;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SyncPolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The options of the queues that a destination's settings ask for. */
final class QueueSettings {

  private static final long DEAD_LETTER_BYTES = 100_000_000L;

  /** Dead letters are few: a small segment lets the oldest go in small steps. */
  private static final int DEAD_LETTER_SEGMENT_BYTES = 8 << 20;

  private QueueSettings() {}

  static @Nullable QueueOptions ofQueue(DeliveryOptions options) {
    PersistentQueueSettings queue = options.settings().persistentQueue();
    if (queue == null) {
      return null;
    }
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
        options.clock(),
        QueueListener.NONE);
  }

  static QueueOptions ofDeadLetters(DeliveryOptions options) {
    DeadLetterSettings settings = options.settings().deadLetters();
    return new QueueOptions(
        deadLetterDirectory(options),
        settings == null ? DEAD_LETTER_BYTES : settings.maxByteSize().bytes(),
        DEAD_LETTER_SEGMENT_BYTES,
        Overflow.DROP_OLDEST,
        new SyncPolicy.Always(),
        Compression.NONE,
        null,
        options.clock(),
        QueueListener.NONE);
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

  static Path deadLetterDirectory(DeliveryOptions options) {
    DeadLetterSettings settings = options.settings().deadLetters();
    Path path = settings == null ? null : settings.path();
    return path == null ? options.deadLetterDirectory() : path;
  }
}
