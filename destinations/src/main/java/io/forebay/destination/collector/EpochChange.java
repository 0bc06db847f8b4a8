package io.forebay.destination.collector;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Retry;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens when the receiver knows numbers that were never sent from here: others use them too.
 * What is still to be sent must not pass for a duplicate of theirs, so it is sent under another
 * epoch, once that is durable. On the destination's own thread only.
 */
final class EpochChange {

  private final Epochs epochs;
  private final String target;
  private final LinkReport report;
  private final Consumer<Runnable> thread;
  private final Runnable whenDone;
  private boolean underWay;
  private @Nullable String failure;

  /**
   * @param thread runs tasks on the destination's own thread
   * @param whenDone runs there when a change has ended, well or badly
   */
  EpochChange(
      Epochs epochs,
      String target,
      LinkReport report,
      Consumer<Runnable> thread,
      Runnable whenDone) {
    this.epochs = epochs;
    this.target = target;
    this.report = report;
    this.thread = thread;
    this.whenDone = whenDone;
  }

  /**
   * Begins a change, unless one is under way or was made for this window already.
   *
   * @param numbers which the receiver knows, for people
   * @return how the window's attempt has ended
   */
  SendResult begin(Window window, String numbers) {
    String why =
        target
            + " has events of this agent id and queue that were never sent from here, numbers "
            + numbers
            + ": another agent uses the same id and queue, or the queue was restored from a backup";
    String lastFailure = failure;
    failure = null;
    if (!underWay && epochs.wire(window.queueEpoch()) == window.numbering().epoch()) {
      underWay = true;
      epochs
          .renew(window.queueEpoch())
          .subscribe(
              nothing -> {},
              error -> thread.accept(() -> failed(error)),
              () -> thread.accept(() -> made(why)));
    }
    return lastFailure == null ? new Retry(why) : new Paused(why + "; " + lastFailure);
  }

  private void made(String why) {
    underWay = false;
    report.epochRenewed(why);
    whenDone.run();
  }

  private void failed(Throwable error) {
    underWay = false;
    failure = "a new epoch cannot be kept: " + error.getMessage();
    whenDone.run();
  }
}
