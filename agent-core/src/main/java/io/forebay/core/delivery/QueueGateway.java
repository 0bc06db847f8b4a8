package io.forebay.core.delivery;

import io.forebay.core.item.EncodedLines;
import io.forebay.queue.AppendResult;
import io.forebay.queue.DropReason;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueStatistics;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The one place where the blocking queue meets the loop. What blocks or costs (opening, encoding,
 * reading, closing) runs on the delivery's disk worker; every answer is posted to the loop.
 */
final class QueueGateway {

  /** What the loop is told of, on the loop. */
  interface Events {
    /** Records may have become readable. */
    void onReady();

    /** The queue gave up records that it held. */
    void onDropped(DropReason reason, long records, long bytes);

    /** The queue's disk failed. */
    void onDiskFailed(String operation, Exception cause);

    /** The queue's disk does again what it is asked to. */
    void onDiskWell();
  }

  /** How an append ended: {@code count} items of the parcel's front are meant. */
  sealed interface Appended {
    int count();

    record Stored(int count) implements Appended {}

    record Refused(int count, DropReason reason) implements Appended {}

    record Failed(int count, IOException cause) implements Appended {}
  }

  /** What a read brought; {@code cause} is set when the disk failed. */
  record Fetched(List<Slice> slices, @Nullable IOException cause) {}

  private final @Nullable QueueOptions options;
  private final QueueOpener opener;
  private final Scheduler.Worker disk;
  private final Mailbox loop;
  private final ParcelEncoder encoder = new ParcelEncoder();
  private volatile @Nullable PersistentQueue queue;
  private volatile @Nullable QueueStatistics lastStatistics;

  /**
   * @param options of the queue, their listener replaced; null where there is none, which then must
   *     not be opened
   */
  QueueGateway(
      @Nullable QueueOptions options,
      QueueOpener opener,
      Scheduler.Worker disk,
      Mailbox loop,
      DeliveryListener listener,
      Events events) {
    this.opener = opener;
    this.disk = disk;
    this.loop = loop;
    this.options =
        options == null
            ? null
            : QueueSettings.withListener(options, new QueueRelay(loop, listener, events));
  }

  /** Opens the queue; {@code done} gets null, or why it cannot be opened. */
  void open(Consumer<@Nullable Exception> done) {
    onDisk(
        () -> {
          Exception failure = null;
          try {
            PersistentQueue opened = opener.open(Objects.requireNonNull(options));
            lastStatistics = opened.statistics();
            queue = opened;
          } catch (IOException | RuntimeException e) {
            failure = e;
          }
          Exception outcome = failure;
          loop.post(() -> done.accept(outcome));
        },
        () -> done.accept(closed()));
  }

  boolean isOpen() {
    return queue != null;
  }

  /**
   * Appends as many items of the parcel's front as fit {@code maxBytes} encoded, at least one.
   * {@code done} is told how many these were.
   */
  void append(Parcel parcel, int maxBytes, Consumer<Appended> done) {
    onDisk(
        () -> {
          EncodedLines lines = encoder.encode(parcel, maxBytes);
          append(
              lines,
              parcel.firstSequence(),
              result -> {
                encoder.keep(lines);
                done.accept(result);
              });
        },
        () -> done.accept(new Appended.Failed(parcel.items(), closed())));
  }

  /** Appends the lines, all or none. */
  void appendLines(EncodedLines lines, Consumer<Appended> done) {
    onDisk(
        () -> append(lines, Slice.UNNUMBERED, done),
        () -> done.accept(new Appended.Failed(lines.count(), closed())));
  }

  private void append(EncodedLines lines, long firstSequence, Consumer<Appended> done) {
    int count = lines.count();
    PersistentQueue open = queue;
    if (open == null) {
      loop.post(() -> done.accept(new Appended.Failed(count, closed())));
      return;
    }
    RecordBatch batch =
        new RecordBatch(new ByteBuffer[] {lines.toByteBuffer()}, lines.lengths(), count);
    try {
      (firstSequence == Slice.UNNUMBERED ? open.append(batch) : open.append(batch, firstSequence))
          .whenComplete(
              (result, failure) -> loop.post(() -> done.accept(appended(count, result, failure))));
    } catch (RuntimeException e) {
      loop.post(() -> done.accept(new Appended.Failed(count, asIoException(e))));
    }
  }

  private static Appended appended(
      int count, @Nullable AppendResult result, @Nullable Throwable failure) {
    if (result instanceof AppendResult.Stored) {
      return new Appended.Stored(count);
    }
    if (result instanceof AppendResult.Refused refused) {
      return new Appended.Refused(count, refused.reason());
    }
    return new Appended.Failed(
        count, failure == null ? new IOException("no result") : asIoException(failure));
  }

  /** Reserves numbers; {@code done} gets null, or why it failed. */
  void reserve(long below, Consumer<@Nullable Exception> done) {
    onDisk(
        () -> {
          Exception failure = null;
          PersistentQueue open = queue;
          try {
            if (open == null) {
              throw closed();
            }
            open.reserve(below);
          } catch (IOException | RuntimeException e) {
            failure = e;
          }
          Exception outcome = failure;
          loop.post(() -> done.accept(outcome));
        },
        () -> done.accept(closed()));
  }

  /** Of the open queue; 0 where there is none. */
  long epoch() {
    PersistentQueue open = queue;
    return open == null ? 0 : open.epoch();
  }

  /** As the open queue says; 0 where there is none. */
  long truncatedBelow() {
    PersistentQueue open = queue;
    return open == null ? 0 : open.truncatedBelow();
  }

  /** Leases from the front until a bound is reached or nothing more is ready. */
  void fetch(int maxItems, long maxBytes, Consumer<Fetched> done) {
    onDisk(
        () -> {
          PersistentQueue open = queue;
          Fetched fetched =
              open == null
                  ? new Fetched(List.of(), closed())
                  : LeaseReader.read(open, maxItems, maxBytes);
          loop.post(() -> done.accept(fetched));
        },
        () -> done.accept(new Fetched(List.of(), closed())));
  }

  /** Syncs and closes; {@code done} gets null, or what failed. */
  void close(Consumer<@Nullable Exception> done) {
    close(Long.MAX_VALUE, done);
  }

  /** As {@link #close(Consumer)}; numbers reserved from {@code unused} on were not used. */
  void close(long unused, Consumer<@Nullable Exception> done) {
    onDisk(
        () -> {
          Exception failure = null;
          PersistentQueue open = queue;
          if (open != null) {
            try {
              open.endReservation(unused);
              open.close();
              lastStatistics = open.statistics();
            } catch (IOException | RuntimeException e) {
              failure = e;
            }
            queue = null;
          }
          Exception outcome = failure;
          loop.post(() -> done.accept(outcome));
        },
        () -> done.accept(null));
  }

  /** Whether a fetch would find something now; does not block. */
  boolean hasReady() {
    PersistentQueue open = queue;
    return open != null && open.hasReady();
  }

  /** The last known when it is closed, null when it was never opened; from any thread. */
  @Nullable QueueStatistics statistics() {
    PersistentQueue open = queue;
    return open == null ? lastStatistics : open.statistics();
  }

  private void onDisk(Runnable task, Runnable refused) {
    try {
      disk.schedule(task);
    } catch (RejectedExecutionException e) {
      loop.post(refused);
    }
  }

  private static IOException closed() {
    return new IOException("the queue is closed");
  }

  static IOException asIoException(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof IOException e ? e : new IOException(cause.toString(), cause);
  }
}
