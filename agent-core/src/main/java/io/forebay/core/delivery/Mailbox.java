package io.forebay.core.delivery;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The one thread of a delivery: everything that changes its state is posted here and runs one after
 * another, so that no state needs a lock. After each burst of tasks runs {@code afterwards}, once.
 */
final class Mailbox {

  static final long NEVER = Long.MAX_VALUE;

  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

  /** Tasks that run before {@code afterwards} does, so that a flood cannot hold it off. */
  private static final int BURST = 256;

  /** However wrong an alarm may be, it cannot make the loop spin. */
  private static final long SHORTEST_ALARM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final String node;
  private final Scheduler.Worker worker;
  private final Runnable afterwards;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean closed;

  private long wakeAt = NEVER;
  private @Nullable Disposable timer;

  Mailbox(String node, Scheduler scheduler, Runnable afterwards) {
    this.node = node;
    this.worker = scheduler.createWorker();
    this.afterwards = afterwards;
  }

  /**
   * Has the task run on the loop, after all that were posted before. From any thread.
   *
   * @return false when the mailbox is closed: the task will not run
   */
  boolean post(Runnable task) {
    if (closed) {
      return false;
    }
    tasks.add(task);
    if (closed) {
      // close() may have found the queue empty just before; it has run the task unless it is here.
      return !tasks.remove(task);
    }
    if (pending.getAndIncrement() == 0) {
      try {
        worker.schedule(this::drain);
      } catch (RejectedExecutionException e) {
        // The threads are gone, so that nothing runs any more, whoever posts it.
        log.debug("closed while a task was posted", e);
        closed = true;
        return !tasks.remove(task);
      }
    }
    return true;
  }

  /**
   * Sets the one alarm, in nanoseconds of the scheduler's clock; on the loop only. One that is set
   * for earlier is left to ring: it costs a look, where setting it anew each time a batch comes
   * costs more.
   */
  void wakeAt(long nanos, long now) {
    if (nanos >= wakeAt || closed) {
      return;
    }
    Disposable last = timer;
    if (last != null) {
      last.dispose();
    }
    wakeAt = nanos;
    timer =
        worker.schedule(
            this::ring, Math.max(nanos - now, SHORTEST_ALARM_NANOS), TimeUnit.NANOSECONDS);
  }

  /** Runs what was posted already, then nothing more. On the loop only. */
  void close() {
    closed = true;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      run(task);
    }
    worker.dispose();
  }

  private void ring() {
    post(() -> wakeAt = NEVER);
  }

  private void drain() {
    int left;
    do {
      int done = 0;
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        run(task);
        if (++done == BURST) {
          break;
        }
      }
      if (!closed) {
        run(afterwards);
      }
      left = pending.addAndGet(-done);
    } while (left > 0 && !closed);
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("{}: a step of the delivery failed; it goes on with the next", node, e);
    }
  }
}
