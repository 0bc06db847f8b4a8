package io.forebay.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** A writer that works when a test says so, on the test's thread and by the test's clock. */
final class ManualLoop implements WriterLoop {

  private record Delayed(long due, Runnable task) {}

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Delayed> delayed = new ArrayList<>();
  private final TestClock clock;
  private boolean shutdown;

  ManualLoop(TestClock clock) {
    this.clock = clock;
  }

  /** Runs everything that is due. */
  void run() {
    while (true) {
      delayed.sort(Comparator.comparingLong(Delayed::due));
      while (!delayed.isEmpty() && delayed.get(0).due() <= clock.millis()) {
        tasks.add(delayed.remove(0).task());
      }
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }

  /** Lets time pass, then runs everything that is due. */
  void advance(long millis) {
    clock.advance(millis);
    run();
  }

  @Override
  public void execute(Runnable task) {
    if (!shutdown) {
      tasks.add(task);
    }
  }

  @Override
  public void schedule(Runnable task, long delayMillis) {
    if (!shutdown) {
      delayed.add(new Delayed(clock.millis() + delayMillis, task));
    }
  }

  @Override
  public void runAndWait(Runnable task) {
    run();
    task.run();
  }

  @Override
  public void shutdown() {
    shutdown = true;
    delayed.clear();
  }
}
