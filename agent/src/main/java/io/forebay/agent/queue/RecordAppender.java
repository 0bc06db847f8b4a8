package io.forebay.agent.queue;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.queue.AppendResult;
import io.forebay.queue.DropReason;
import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Appends records to a queue in batches, each durable before the next. Not thread safe. */
final class RecordAppender {

  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCH_RECORDS = 8192;

  private final PersistentQueue queue;
  private final @Nullable Before before;
  private final EncodedLines batch = new EncodedLines(1 << 16);
  private long appended;

  /** A batch that does not fit is refused as a whole. */
  RecordAppender(PersistentQueue queue) {
    this(queue, null);
  }

  private RecordAppender(PersistentQueue queue, @Nullable Before before) {
    this.queue = queue;
    this.before = before;
  }

  /** Told before a batch is appended. */
  @FunctionalInterface
  interface Before {
    /**
     * @param appended records that are durable by now
     * @param sequence that the first record of the batch will have
     */
    void append(long appended, long sequence) throws IOException;
  }

  /** Of a batch that does not fit, its first records are appended until no more fits. */
  static RecordAppender filling(PersistentQueue queue, Before before) {
    return new RecordAppender(queue, before);
  }

  /** Takes the record over; it is durable after {@link #flush}. */
  void add(byte[] bytes, int offset, int length) throws IOException {
    batch.addLine(ByteSlice.of(bytes, offset, length));
    if (batch.size() >= BATCH_BYTES || batch.count() >= BATCH_RECORDS) {
      flush();
    }
  }

  /**
   * Makes durable what was added.
   *
   * @throws QueueFullException when the queue has no room for it; what came before is there
   */
  void flush() throws IOException {
    if (batch.count() > 0) {
      append(batch.toByteBuffer(), batch.lengths(), batch.count());
      batch.clear();
    }
  }

  private void append(ByteBuffer bytes, int[] lengths, int count) throws IOException {
    Before told = before;
    try {
      if (told != null) {
        told.append(appended, queue.statistics().nextSequence());
      }
      append(queue, new RecordBatch(new ByteBuffer[] {bytes.duplicate()}, lengths, count));
      appended += count;
    } catch (QueueFullException e) {
      if (told == null || count == 1) {
        throw e;
      }
      int[] first = Arrays.copyOf(lengths, count / 2);
      int[] second = Arrays.copyOfRange(lengths, count / 2, count);
      int half = Arrays.stream(first).sum();
      append(bytes.slice(bytes.position(), half), first, first.length);
      append(bytes.slice(bytes.position() + half, bytes.remaining() - half), second, second.length);
    }
  }

  /** Records that are durable. */
  long appended() {
    return appended;
  }

  /** Appends a batch and waits until it is durable; gives the number of its first record. */
  static long append(PersistentQueue queue, RecordBatch records) throws IOException {
    AppendResult result;
    try {
      result = queue.append(records).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    }
    if (result instanceof AppendResult.Stored stored) {
      return stored.firstSequence();
    }
    throw new QueueFullException(
        result instanceof AppendResult.Refused refused
            ? refused.reason()
            : DropReason.OVERFLOW_NEWEST);
  }

  /** Some of the records of a lease, whose bytes are not copied. */
  static RecordBatch batch(Lease lease, int from, int to) {
    int[] lengths = new int[to - from];
    int sum = 0;
    for (int i = from; i < to; i++) {
      lengths[i - from] = lease.length(i);
      sum += lease.length(i);
    }
    ByteBuffer bytes = ByteBuffer.wrap(lease.bytes(), lease.offset(from), sum);
    return new RecordBatch(new ByteBuffer[] {bytes}, lengths, lengths.length);
  }

  /** The queue took no more. */
  static final class QueueFullException extends IOException {
    private static final long serialVersionUID = 1L;

    private final DropReason reason;

    QueueFullException(DropReason reason) {
      super("the queue takes no more: " + reason.name().toLowerCase(Locale.ROOT));
      this.reason = reason;
    }

    /** The key that bounds it. */
    String bound() {
      return reason == DropReason.DISK_BUDGET ? "settings.disk_budget" : "max_byte_size";
    }
  }
}
