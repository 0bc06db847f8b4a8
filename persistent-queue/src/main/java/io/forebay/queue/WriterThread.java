package io.forebay.queue;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one thread of a queue that writes. */
final class WriterThread implements WriterLoop {

  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;

  WriterThread(Path directory) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, "queue-writer " + directory.getFileName());
              created.setDaemon(true);
              thread = created;
              return created;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // tasks report their own failures
  public void schedule(Runnable task, long delayMillis) {
    executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void runAndWait(Runnable task) {
    if (Thread.currentThread().equals(thread)) {
      task.run();
      return;
    }
    Future<?> ended = executor.submit(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          ended.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true; // what is being written must be waited for
        } catch (ExecutionException e) {
          throw new IllegalStateException("the queue's writer failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void shutdown() {
    executor.shutdown();
  }
}
