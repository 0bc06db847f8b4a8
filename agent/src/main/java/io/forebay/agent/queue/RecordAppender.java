package io.forebay.agent.queue;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.queue.AppendResult;
import io.forebay.queue.DropReason;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** Appends records to a queue in batches, each durable before the next. Not thread safe. */
final class RecordAppender {

  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCH_RECORDS = 8192;

  private final PersistentQueue queue;
  private final EncodedLines batch = new EncodedLines(1 << 16);
  private long appended;

  RecordAppender(PersistentQueue queue) {
    this.queue = queue;
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
      RecordBatch records =
          new RecordBatch(new ByteBuffer[] {batch.toByteBuffer()}, batch.lengths(), batch.count());
      append(queue, records);
      appended += batch.count();
      batch.clear();
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
