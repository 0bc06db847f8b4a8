package io.forebay.destination.encoding;

import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes bodies of batches in one form and compression. Thread safe. Keeps as many encoders for use
 * again as there are requests at once, and no more.
 */
public final class BatchEncoder {

  /** Below this a thread hop costs more than the compression. */
  private static final int INLINE_BYTES = 16 << 10;

  /**
   * Without compression a megabyte takes half a millisecond, and a hop to another thread and back
   * to a connection a tenth of that, caches not counted: only what is huge is worth one.
   */
  private static final int INLINE_PLAIN_BYTES = 4 << 20;

  /** Frames of a queue hold 128 KiB, so that some are enough for any usual body. */
  private static final int MAX_RUNS = 64;

  private final BodyForm form;
  private final BodyCompression compression;
  private final Scheduler scheduler;
  private final BlockingQueue<Encoding> idle;
  private final BodyMemory memory;
  private final AtomicInteger bodies = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param scheduler where bodies are compressed, and huge ones encoded
   * @param concurrency bodies in use at once
   * @param memory what the bodies lie in, shared with other destinations
   */
  public BatchEncoder(
      BodyForm form,
      BodyCompression compression,
      Scheduler scheduler,
      int concurrency,
      BodyMemory memory) {
    this.form = form;
    this.compression = compression;
    this.scheduler = scheduler;
    this.idle = new ArrayBlockingQueue<>(concurrency);
    this.memory = memory;
  }

  /**
   * Encodes the batch and sends its body, on subscription. The body's memory counts against the
   * bound from before it is encoded until the send has ended, well or badly or by a cancel; where
   * there is no room, this waits for it.
   *
   * @param send must not keep the body beyond its end
   */
  public <T> Mono<T> sending(Batch batch, Function<EncodedBatch, Mono<T>> send) {
    return Mono.usingWhen(
        admission(batch),
        admitted ->
            // Who made room is a thread of others, often an event loop.
            (admitted.waited ? encode(batch).subscribeOn(scheduler) : encode(batch))
                .flatMap(body -> send.apply(body).doFinally(signal -> body.release())),
        this::dismiss);
  }

  private Mono<Admitted> admission(Batch batch) {
    return Mono.defer(
        () -> {
          if (bodies.getAndIncrement() == 0) {
            return Mono.just(new Admitted(0, false));
          }
          long bytes = batch.weight();
          return memory.tryAdmit(bytes)
              ? Mono.just(new Admitted(bytes, false))
              : memory
                  .admit(bytes)
                  .doOnCancel(bodies::decrementAndGet)
                  .thenReturn(new Admitted(bytes, true));
        });
  }

  private Mono<Void> dismiss(Admitted admitted) {
    return Mono.fromRunnable(
        () -> {
          bodies.decrementAndGet();
          if (admitted.bytes > 0) {
            memory.release(admitted.bytes);
          }
        });
  }

  /**
   * The body of {@code batch}, made on subscription: at once where that takes about a millisecond
   * at most, so not to be subscribed on an event loop, else on the scheduler. The subscriber owns
   * the result and releases it. A cancel loses nothing but the buffer.
   */
  public Mono<EncodedBatch> encode(Batch batch) {
    return Mono.defer(
        () -> {
          List<ByteSlice> runs = form.isEncodedLines() ? runsOfLines(batch.items()) : List.of();
          if (!runs.isEmpty() && compression == BodyCompression.UNCOMPRESSED) {
            return Mono.just(EncodedBatch.ofPieces(runs));
          }
          ByteSlice drained = runs.size() == 1 ? runs.get(0) : null;
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
  }

  /**
   * The lines in few slices, when the items lie back to back as they do in frames read from a
   * queue; empty when they do not, or when the slices are so many that copying is cheaper.
   */
  @SuppressWarnings("ReferenceEquality") // the same array, not one with the same content
  static List<ByteSlice> runsOfLines(List<Item> items) {
    List<ByteSlice> runs = new ArrayList<>();
    byte[] array = null;
    int start = 0;
    int end = 0;
    for (int i = 0; i < items.size(); i++) {
      ByteSlice line = items.get(i).encoded();
      if (line == null || runs.size() == MAX_RUNS) {
        return List.of();
      }
      if (line.array() != array || line.offset() != end) {
        if (array != null) {
          runs.add(ByteSlice.of(array, start, end - start));
        }
        array = line.array();
        start = line.offset();
        end = start;
      }
      end += line.length();
    }
    if (array != null) {
      runs.add(ByteSlice.of(array, start, end - start));
    }
    return runs;
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
      // Escapes and field names come on top of an item's weight: room for most, so that few grow.
      EncodedLines lines = memory.take(weight + weight / 4);
      encoding.writer().write(items, lines);
      if (compressor == null) {
        return EncodedBatch.of(lines, memory::give);
      }
      ByteSlice compressed = compressor.compress(ByteSlice.of(lines.array(), 0, lines.size()));
      memory.give(lines);
      return EncodedBatch.of(compressed);
    } finally {
      if (closed || !idle.offer(encoding)) {
        encoding.close();
      }
    }
  }

  /**
   * A body's leave to exist.
   *
   * @param bytes taken of the memory; 0 for a destination's first
   * @param waited whether it had to wait for them
   */
  private record Admitted(long bytes, boolean waited) {}

  /** What one encoding thread uses at a time. */
  private record Encoding(BodyWriter writer, @Nullable Compressor compressor) {

    void close() {
      if (compressor != null) {
        compressor.close();
      }
    }
  }
}
