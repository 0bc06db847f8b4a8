package io.forebay.core.runtime;

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The end of a node's own threads. */
final class LastTask {

  private LastTask() {}

  /**
   * Ends the threads of these once they have done what they have been given, and returns at once.
   * Called from any thread, also from one of theirs, which must not be interrupted.
   *
   * <p>The ending itself is done on a thread that may wait: it takes the lock for which a worker
   * reaches as it goes, and so parks the caller now and then.
   */
  static void thenEnd(Scheduler... schedulers) {
    Schedulers.boundedElastic()
        .schedule(
            () -> {
              for (Scheduler scheduler : schedulers) {
                scheduler.disposeGracefully().subscribe();
              }
            });
  }
}
