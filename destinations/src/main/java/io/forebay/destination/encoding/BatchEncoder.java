package io.forebay.destination.encoding;

import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes bodies of batches in one form and compression. Thread safe. Keeps as many encoders and
 * buffers for use again as there are requests at once, and no more.
 */
public final class BatchEncoder {

  /** Below this a thread hop costs more than the compression. */
  private static final int INLINE_BYTES = 16 << 10;

  /**
   * Without compression a megabyte takes half a millisecond, and a hop to another thread and back
   * to a connection a tenth of that, caches not counted: only what is huge is worth one.
   */
  private static final int INLINE_PLAIN_BYTES = 4 << 20;

  private static final int MAX_KEPT_BUFFER_BYTES = 8 << 20;

  private final BodyForm form;
  private final BodyCompression compression;
  private final Scheduler scheduler;
  private final BlockingQueue<Encoding> idle;
  private final BlockingQueue<EncodedLines> buffers;
  private volatile boolean closed;

  /**
   * @param scheduler where bodies are compressed, and huge ones encoded
   * @param concurrency bodies in use at once
   */
  public BatchEncoder(
      BodyForm form, BodyCompression compression, Scheduler scheduler, int concurrency) {
    this.form = form;
    this.compression = compression;
    this.scheduler = scheduler;
    this.idle = new ArrayBlockingQueue<>(concurrency);
    this.buffers = new ArrayBlockingQueue<>(concurrency);
  }

  /**
   * The body of {@code batch}, made on subscription: at once where that takes about a millisecond
   * at most, so not to be subscribed on an event loop, else on the scheduler. The subscriber owns
   * the result and releases it. A cancel loses nothing but the buffer.
   */
  public Mono<EncodedBatch> encode(Batch batch) {
    return Mono.defer(
        () -> {
          ByteSlice drained = form.isEncodedLines() ? contiguousLines(batch.items()) : null;
          if (drained != null && compression == BodyCompression.UNCOMPRESSED) {
            return Mono.just(EncodedBatch.of(drained));
          }
          long weight = drained == null ? batch.weight() : drained.length();
          Mono<EncodedBatch> body =
              Mono.fromCallable(() -> encodeNow(batch.items(), drained, weight));
          int inlineBytes =
              compression == BodyCompression.UNCOMPRESSED ? INLINE_PLAIN_BYTES : INLINE_BYTES;
          return weight <= inlineBytes ? body : body.subscribeOn(scheduler);
        });
  }

  /** Lets go of native memory; what is encoded afterwards still works, and keeps nothing. */
  public void close() {
    closed = true;
    for (Encoding encoding = idle.poll(); encoding != null; encoding = idle.poll()) {
      encoding.close();
    }
    buffers.clear();
  }

  /**
   * The one slice that holds all lines, when the items lie back to back in one array as they do in
   * a frame read from a queue; else null.
   */
  @SuppressWarnings("ReferenceEquality") // the same array, not one with the same content
  static @Nullable ByteSlice contiguousLines(List<Item> items) {
    ByteSlice first = items.isEmpty() ? null : items.get(0).encoded();
    if (first == null) {
      return null;
    }
    int end = first.offset() + first.length();
    for (int i = 1; i < items.size(); i++) {
      ByteSlice line = items.get(i).encoded();
      if (line == null || line.array() != first.array() || line.offset() != end) {
        return null;
      }
      end += line.length();
    }
    return ByteSlice.of(first.array(), first.offset(), end - first.offset());
  }

  private EncodedBatch encodeNow(List<Item> items, @Nullable ByteSlice drained, long weight) {
    Encoding pooled = idle.poll();
    Encoding encoding =
        pooled == null ? new Encoding(form.newWriter(), compression.newCompressor()) : pooled;
    try {
      Compressor compressor = encoding.compressor();
      if (drained != null && compressor != null) {
        return EncodedBatch.of(compressor.compress(drained));
      }
      EncodedLines lines = takeBuffer(weight);
      encoding.writer().write(items, lines);
      if (compressor == null) {
        return EncodedBatch.of(lines, this::giveBuffer);
      }
      ByteSlice compressed = compressor.compress(ByteSlice.of(lines.array(), 0, lines.size()));
      giveBuffer(lines);
      return EncodedBatch.of(compressed);
    } finally {
      if (closed || !idle.offer(encoding)) {
        encoding.close();
      }
    }
  }

  private EncodedLines takeBuffer(long weight) {
    EncodedLines lines = buffers.poll();
    if (lines != null) {
      return lines;
    }
    // Escapes and field names come on top of an item's weight: room for most, so that few grow.
    return new EncodedLines((int) Math.min(weight + weight / 4, MAX_KEPT_BUFFER_BYTES));
  }

  private void giveBuffer(EncodedLines lines) {
    if (!closed && lines.array().length <= MAX_KEPT_BUFFER_BYTES) {
      lines.clear();
      buffers.offer(lines);
    }
  }

  /** What one encoding thread uses at a time. */
  private record Encoding(BodyWriter writer, @Nullable Compressor compressor) {

    void close() {
      if (compressor != null) {
        compressor.close();
      }
    }
  }
}
