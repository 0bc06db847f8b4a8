package io.forebay.destination.encoding;

import io.forebay.core.item.EncodedLines;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The memory of encoded bodies, of all destinations together: many destinations with several
 * requests each would fill any heap. A destination's first body is always admitted, so that a slow
 * one never keeps another from sending; further ones wait for room. Also keeps some buffers for use
 * again. Thread safe.
 */
public final class BodyMemory {

  private static final int MAX_KEPT_BUFFER_BYTES = 8 << 20;
  private static final long MAX_IDLE_BYTES = 16L << 20;

  private static final BodyMemory OF_PROCESS =
      new BodyMemory(Runtime.getRuntime().maxMemory() / 4, MAX_IDLE_BYTES);

  private final long maxBytes;
  private final long maxIdleBytes;
  private final Queue<Waiter> waiting = new ArrayDeque<>();
  private final ArrayDeque<EncodedLines> idle = new ArrayDeque<>();
  private long usedBytes;
  private long idleBytes;

  /**
   * @param maxBytes of all bodies but the first of each destination; one that is larger is admitted
   *     once nothing else is
   * @param maxIdleBytes of buffers that are kept
   */
  BodyMemory(long maxBytes, long maxIdleBytes) {
    this.maxBytes = maxBytes;
    this.maxIdleBytes = maxIdleBytes;
  }

  /** A quarter of the heap. */
  public static BodyMemory ofProcess() {
    return OF_PROCESS;
  }

  /** Takes so many bytes if there is room and nobody waits. */
  synchronized boolean tryAdmit(long bytes) {
    boolean fits = waiting.isEmpty() && fits(bytes);
    usedBytes += fits ? bytes : 0;
    return fits;
  }

  /**
   * Takes so many bytes, on subscription or as soon as there is room; in the order of subscription.
   * Completes on the thread that subscribes or that {@linkplain #release releases}. A cancel before
   * that takes nothing.
   */
  Mono<Void> admit(long bytes) {
    return Mono.create(
        sink -> {
          Waiter waiter = new Waiter(bytes, sink);
          sink.onCancel(() -> forget(waiter));
          if (takeOrWait(waiter)) {
            sink.success();
          }
        });
  }

  /** Gives bytes back that were admitted. */
  void release(long bytes) {
    for (Waiter next = next(bytes); next != null; next = next(0)) {
      next.sink.success();
    }
  }

  /** A buffer, empty, for about so many bytes. */
  EncodedLines take(long bytes) {
    synchronized (this) {
      EncodedLines lines = idle.pollLast();
      if (lines != null) {
        idleBytes -= lines.array().length;
        return lines;
      }
    }
    return new EncodedLines((int) Math.min(bytes, MAX_KEPT_BUFFER_BYTES));
  }

  /** Takes a buffer back whose bytes nobody reads any more. */
  synchronized void give(EncodedLines lines) {
    int bytes = lines.array().length;
    if (bytes <= MAX_KEPT_BUFFER_BYTES && idleBytes + bytes <= maxIdleBytes) {
      lines.clear();
      idle.addLast(lines);
      idleBytes += bytes;
    }
  }

  private synchronized boolean takeOrWait(Waiter waiter) {
    if (waiter.state == State.CANCELLED) {
      return false;
    }
    if (waiting.isEmpty() && fits(waiter.bytes)) {
      admitted(waiter);
      return true;
    }
    waiting.add(waiter);
    return false;
  }

  /** The one that waits longest, admitted, where there is room for it. */
  private synchronized @Nullable Waiter next(long released) {
    usedBytes -= released;
    Waiter first = waiting.peek();
    if (first == null || !fits(first.bytes)) {
      return null;
    }
    waiting.remove();
    admitted(first);
    return first;
  }

  private boolean fits(long bytes) {
    return usedBytes == 0 || usedBytes + bytes <= maxBytes;
  }

  private void admitted(Waiter waiter) {
    waiter.state = State.ADMITTED;
    usedBytes += waiter.bytes;
  }

  /** Nobody wants it any more, whatever has become of it. */
  private void forget(Waiter waiter) {
    boolean admitted;
    synchronized (this) {
      admitted = waiter.state == State.ADMITTED;
      waiter.state = State.CANCELLED;
      waiting.remove(waiter);
    }
    if (admitted) {
      release(waiter.bytes);
    }
  }

  private enum State {
    NEW,
    ADMITTED,
    CANCELLED
  }

  /** Compared by identity; its state is guarded by the memory's lock. */
  private static final class Waiter {
    private final long bytes;
    private final MonoSink<Void> sink;
    private State state = State.NEW;

    Waiter(long bytes, MonoSink<Void> sink) {
      this.bytes = bytes;
      this.sink = sink;
    }
  }
}
