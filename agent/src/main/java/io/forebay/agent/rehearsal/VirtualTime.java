package io.forebay.agent.rehearsal;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Time that passes when it is told to: everything that is scheduled runs on the caller's thread,
 * within {@link #runUntil}, in the order of its time. Not thread safe.
 */
final class VirtualTime implements Scheduler {

  /** A moment like any other; the same in every rehearsal. */
  private static final long EPOCH_MILLIS = 1_767_225_600_000L;

  private static final class Task implements Disposable {
    private Runnable work;
    private final long at;
    private final long order;
    private boolean disposed;

    Task(Runnable work, long at, long order) {
      this.work = work;
      this.at = at;
      this.order = order;
    }

    private static void nothing() {}

    static int compare(Task a, Task b) {
      return a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order);
    }

    void run() {
      work.run();
    }

    /** Lets go of the work, which may hold a whole batch, long before its time has come. */
    @Override
    public void dispose() {
      disposed = true;
      work = Task::nothing;
    }

    @Override
    public boolean isDisposed() {
      return disposed;
    }
  }

  private final Deque<Task> due = new ArrayDeque<>();
  private final PriorityQueue<Task> later = new PriorityQueue<>(Task::compare);
  private long nanos;
  private long scheduled;

  long nanos() {
    return nanos;
  }

  /** Lets time pass up to this moment. */
  void runUntil(long end) {
    while (true) {
      Task task = due.poll();
      if (task == null) {
        Task next = later.peek();
        if (next == null || next.at > end) {
          nanos = Math.max(nanos, end);
          return;
        }
        later.poll();
        nanos = Math.max(nanos, next.at);
        task = next;
      }
      task.run();
    }
  }

  @Override
  public Disposable schedule(Runnable work) {
    Task task = new Task(work, nanos, ++scheduled);
    due.add(task);
    return task;
  }

  @Override
  public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
    if (delay <= 0) {
      return schedule(work);
    }
    Task task = new Task(work, nanos + unit.toNanos(delay), ++scheduled);
    later.add(task);
    return task;
  }

  @Override
  public long now(TimeUnit unit) {
    return unit.convert(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public Worker createWorker() {
    return new VirtualWorker();
  }

  @Override
  public void dispose() {
    due.clear();
    later.clear();
  }

  Clock clock() {
    return new VirtualClock();
  }

  private final class VirtualWorker implements Worker {
    private boolean disposed;

    @Override
    public Disposable schedule(Runnable work) {
      return VirtualTime.this.schedule(unlessDisposed(work));
    }

    @Override
    public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
      return VirtualTime.this.schedule(unlessDisposed(work), delay, unit);
    }

    private Runnable unlessDisposed(Runnable work) {
      return () -> {
        if (!disposed) {
          work.run();
        }
      };
    }

    @Override
    public void dispose() {
      disposed = true;
    }

    @Override
    public boolean isDisposed() {
      return disposed;
    }
  }

  private final class VirtualClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public long millis() {
      return EPOCH_MILLIS + nanos / 1_000_000;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis());
    }
  }
}
