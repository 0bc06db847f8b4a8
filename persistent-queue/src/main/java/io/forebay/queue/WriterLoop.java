package io.forebay.queue;

/** Runs everything that changes files, one task after another. */
interface WriterLoop {

  /** Runs the task soon. Ignored once shut down. */
  void execute(Runnable task);

  /** Runs the task after a while. Ignored once shut down. */
  void schedule(Runnable task, long delayMillis);

  /** Runs the task after all that were given before, and waits for its end. */
  void runAndWait(Runnable task);

  /** Drops the tasks whose time has not come. */
  void shutdown();
}
