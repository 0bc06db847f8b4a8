package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.worker.Emitter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a node has handed out and not heard of, over all its files. The node's thread hands out; the
 * outcomes arrive on any thread, and wake it where it waits for them.
 */
final class InFlight {

  /** Bytes of memory that all files of a node together may have under way. */
  private static final long MAX_BYTES = 64L << 20;

  private static final long REPLAY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Emitter out;
  private final Cursors cursors;
  private final NodeListener listener;
  private final long maxUnacknowledged;
  private final ChunkPool pool;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong batches = new AtomicLong();
  private volatile boolean held;

  /**
   * @param maxUnacknowledged bytes of one file that may be read beyond its cursor
   * @param pool gets the arrays back that nobody reads any more
   */
  InFlight(
      Emitter out, Cursors cursors, NodeListener listener, long maxUnacknowledged, ChunkPool pool) {
    this.out = out;
    this.cursors = cursors;
    this.listener = listener;
    this.maxUnacknowledged = maxUnacknowledged;
    this.pool = pool;
  }

  boolean isEmpty() {
    return batches.get() == 0;
  }

  /** A round of turns begins: nobody waits yet. */
  void beginRound() {
    held = false;
  }

  /** Whether too much is under way, of the file or, without one, of all together. */
  boolean isHeld(@Nullable TailedFile file) {
    if (!isFull(file)) {
      return false;
    }
    // Said before it is asked again, so that an outcome in between wakes the thread.
    held = true;
    return isFull(file);
  }

  private boolean isFull(@Nullable TailedFile file) {
    return file == null
        ? bytes.get() >= MAX_BYTES
        : file.position().next() - file.ranges().mark().offset() >= maxUnacknowledged;
  }

  /** Hands the items out as one batch. */
  void emit(TailedFile file, ChunkReader.Chunk chunk) {
    Range range = chunk.range();
    byte[] memory = chunk.memory();
    int memoryBytes = memory.length;
    int epoch = file.ranges().epoch();
    file.ranges().opened();
    bytes.addAndGet(memoryBytes);
    batches.incrementAndGet();
    if (chunk.cutLines() > 0) {
      listener.onEvent("line_cut", chunk.cutLines());
      listener.onDropped("line_cut", 0, chunk.cutBytes());
    }
    out.emit(
        Batch.of(
            chunk.items(),
            Acknowledgement.recycling(
                safe -> ended(file, range, epoch, memoryBytes, safe), () -> pool.give(memory))));
  }

  private void ended(TailedFile file, Range range, int epoch, int memoryBytes, boolean safe) {
    if (safe) {
      if (file.ranges().acknowledge(epoch, range)) {
        cursors.changed();
      }
    } else {
      file.replayAtNanos = System.nanoTime() + REPLAY_WAIT_NANOS;
      if (file.ranges().fail(epoch, range)) {
        listener.onEvent("replayed", range.items());
      } else {
        lost(range);
      }
    }
    bytes.addAndGet(-memoryBytes);
    batches.decrementAndGet();
    if (held || out.isCancelled()) {
      out.wake();
    }
  }

  /** A range cannot be read again, though it should. */
  void lost(Range range) {
    listener.onDropped("truncated_before_acknowledged", range.items(), range.length());
  }
}
