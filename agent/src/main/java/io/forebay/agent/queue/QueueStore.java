package io.forebay.agent.queue;

import io.forebay.queue.Compression;
import io.forebay.queue.DropReason;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueListener;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SpaceGrant;
import io.forebay.queue.SyncPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A queue that a command has opened to change it: never a record is dropped to make room or for its
 * age, and what is appended is on the device before it counts.
 */
final class QueueStore implements AutoCloseable {

  private final PersistentQueue queue;
  private final AtomicLong damaged = new AtomicLong();

  private QueueStore(QueueLocation location, long maxBytes, SpaceGrant space, Clock clock)
      throws IOException {
    QueueOptions known = location.options();
    QueueListener listener =
        new QueueListener() {
          @Override
          public void onDropped(DropReason reason, long records, long bytes) {
            if (reason == DropReason.DAMAGED) {
              damaged.addAndGet(records);
            }
          }
        };
    this.queue =
        PersistentQueue.open(
            new QueueOptions(
                location.directory(),
                maxBytes,
                known == null ? QueueOptions.DEFAULT_SEGMENT_BYTES : known.segmentBytes(),
                Overflow.DROP_NEWEST,
                new SyncPolicy.Always(),
                known == null ? Compression.NONE : known.compression(),
                null,
                clock,
                listener,
                space));
  }

  /** To take records out, or to write some of them anew: whatever its size. */
  static QueueStore unbounded(QueueLocation location) throws IOException {
    return unbounded(location, Clock.systemUTC());
  }

  /**
   * To add records, up to the bound that its node has set and the disk budget; without a node there
   * is none.
   */
  static QueueStore bounded(QueueLocation location) throws IOException {
    return bounded(location, Clock.systemUTC());
  }

  /**
   * As {@link #bounded(QueueLocation)}.
   *
   * @param clock tells when what is appended came into a queue
   */
  static QueueStore bounded(QueueLocation location, Clock clock) throws IOException {
    QueueOptions known = location.options();
    return known == null
        ? unbounded(location, clock)
        : new QueueStore(location, known.maxBytes(), known.space(), clock);
  }

  private static QueueStore unbounded(QueueLocation location, Clock clock) throws IOException {
    return new QueueStore(location, Long.MAX_VALUE, SpaceGrant.UNLIMITED, clock);
  }

  static QueueLocation location(Path directory, @Nullable QueueOptions options) {
    return new QueueLocation(QueueLocation.Kind.DIRECTORY, "", directory, options);
  }

  PersistentQueue queue() {
    return queue;
  }

  /** Records that could not be read since it was opened. */
  long damagedRecords() {
    return damaged.get();
  }

  /** Makes the acknowledgements so far survive a crash. */
  void saveAcknowledgements() throws IOException {
    queue.reserve(queue.statistics().nextSequence());
  }

  @Override
  public void close() throws IOException {
    queue.close();
  }
}
