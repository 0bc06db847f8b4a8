package io.forebay.destination.localstorage;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.ByteSlice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Brings bodies from many threads to the one that may block. Bodies that wait together share one
 * sync. Bounded by its callers, each of which waits for its own body.
 */
final class ArchiveWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveWriter.class);
  private static final int GROUP_BYTES = 8 << 20;
  private static final Duration ROLL_AGAIN = Duration.ofSeconds(10);

  private final Archive archive;
  private final Scheduler scheduler;
  private final Duration flushInterval;
  private final NodeListener listener;
  private final ConcurrentLinkedQueue<Pending> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger scheduled = new AtomicInteger();
  private final Mono<Void> closing;
  private @Nullable String timedPart;
  private Disposable timer = Disposables.disposed();

  /** A body on its way. */
  private static final class Pending {
    final ByteSlice body;
    final MonoSink<Void> sink;
    volatile boolean cancelled;

    Pending(ByteSlice body, MonoSink<Void> sink) {
      this.body = body;
      this.sink = sink;
    }
  }

  /**
   * @param scheduler one thread that may block; disposed of on close
   */
  ArchiveWriter(
      Archive archive, Scheduler scheduler, Duration flushInterval, NodeListener listener) {
    this.archive = archive;
    this.scheduler = scheduler;
    this.flushInterval = flushInterval;
    this.listener = listener;
    this.closing = Mono.defer(this::finish).cache();
  }

  /**
   * Makes and locks the directory and finishes what an earlier run left there. Fails with {@link
   * IOException}; whatever is left is then done with the first body.
   */
  Mono<Void> prepare() {
    return Mono.<Void>fromCallable(
            () -> {
              archive.prepare();
              return null;
            })
        .subscribeOn(scheduler);
  }

  /**
   * Completes when the body is durable, fails when it is not. Cancelling before its turn withdraws
   * it; the array must not change until then.
   */
  Mono<Void> append(ByteSlice body) {
    return Mono.create(
        sink -> {
          Pending pending = new Pending(body, sink);
          sink.onCancel(() -> pending.cancelled = true);
          waiting.add(pending);
          if (scheduled.getAndIncrement() == 0) {
            try {
              scheduler.schedule(this::drain);
            } catch (RejectedExecutionException e) {
              // In this order: whoever adds after the reset tries to schedule on its own.
              scheduled.set(0);
              failWaiting();
            }
          }
        });
  }

  /** Finishes the open file, then ends the thread. Idempotent. */
  Mono<Void> close() {
    return closing;
  }

  private Mono<Void> finish() {
    return Mono.<Void>fromCallable(
            () -> {
              archive.close();
              return null;
            })
        .subscribeOn(scheduler)
        .onErrorResume(
            IOException.class,
            e -> {
              LOG.warn(
                  "the open file could not be finished; the next start does it: {}",
                  IoFailure.text(e));
              return Mono.empty();
            })
        .doFinally(
            signal -> {
              scheduler.dispose();
              failWaiting();
            });
  }

  private void failWaiting() {
    for (Pending left = waiting.poll(); left != null; left = waiting.poll()) {
      left.sink.error(new IOException("this destination was closed"));
    }
  }

  private void drain() {
    int missed = scheduled.get();
    do {
      for (List<Pending> group = nextGroup(); !group.isEmpty(); group = nextGroup()) {
        writeGroup(group);
      }
      missed = scheduled.addAndGet(-missed);
    } while (missed != 0);
  }

  private List<Pending> nextGroup() {
    List<Pending> group = new ArrayList<>();
    long bytes = 0;
    while (bytes < GROUP_BYTES) {
      Pending pending = waiting.poll();
      if (pending == null) {
        break;
      }
      if (!pending.cancelled) {
        group.add(pending);
        bytes += pending.body.length();
      }
    }
    return group;
  }

  private void writeGroup(List<Pending> group) {
    List<ByteSlice> bodies = new ArrayList<>(group.size());
    group.forEach(pending -> bodies.add(pending.body));
    try {
      archive.append(bodies);
    } catch (IOException | RuntimeException e) {
      group.forEach(pending -> pending.sink.error(e));
      return;
    }
    group.forEach(pending -> pending.sink.success());
    if (archive.isFull()) {
      roll();
    }
    String name = archive.openName();
    if (name != null && !name.equals(timedPart)) {
      timedPart = name;
      timer.dispose();
      timer = schedule(() -> rollIfOpen(name), flushInterval);
    }
  }

  private void rollIfOpen(String name) {
    if (name.equals(archive.openName())) {
      roll();
    }
  }

  private void roll() {
    try {
      archive.roll();
      listener.onHealthy();
    } catch (IOException | RuntimeException e) {
      LOG.warn("a finished file could not be renamed, which is tried again: {}", IoFailure.text(e));
      listener.onUnhealthy("a finished file could not be renamed: " + IoFailure.text(e));
      recoverLater();
    }
  }

  private void recover() {
    try {
      archive.prepare();
      listener.onHealthy();
    } catch (IOException | RuntimeException e) {
      listener.onUnhealthy("files could not be finished: " + IoFailure.text(e));
      recoverLater();
    }
  }

  private void recoverLater() {
    timer.dispose();
    timer = schedule(this::recover, ROLL_AGAIN);
  }

  private Disposable schedule(Runnable task, Duration delay) {
    try {
      return scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed while a file waits to be finished; the next start does it");
      return Disposables.disposed();
    }
  }
}
