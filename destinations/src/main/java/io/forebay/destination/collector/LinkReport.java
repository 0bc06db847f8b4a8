package io.forebay.destination.collector;

import io.forebay.core.component.NodeListener;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Retry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells log and metrics of the way to the receiver: an unreachable receiver and one that refuses us
 * are different words. The log hears of a change only. On the destination's own thread only.
 */
final class LinkReport {

  private static final Logger log = LoggerFactory.getLogger(LinkReport.class);

  private final String node;
  private final NodeListener listener;
  private String told = "";

  LinkReport(String node, NodeListener listener) {
    this.node = node;
    this.listener = listener;
  }

  void connected(String target, boolean known, long nextSequence) {
    listener.onEvent("connected", 1);
    told = "";
    if (known) {
      log.info("{}: connected to {}, which goes on from {}", node, target, nextSequence);
    } else {
      log.info("{}: connected to {}, which does not know this queue yet", node, target);
    }
  }

  void connectFailed(SendResult result) {
    failed(result, "connect_failed");
  }

  void notServing(SendResult result) {
    failed(result, "not_serving");
  }

  void windowFailed(CallFailure failure) {
    failed(failure.result(), failure.connection() ? "disconnected" : "window_failed");
  }

  /** A whole window that the receiver had already. */
  void alreadyReceived(long events) {
    listener.onEvent("already_received", events);
  }

  void duplicates(long duplicates) {
    if (duplicates > 0) {
      listener.onEvent("duplicates", duplicates);
    }
  }

  /** The receiver knows numbers that were never sent from here, and is told others from now on. */
  void epochRenewed(String why) {
    listener.onEvent("epoch_renewed", 1);
    log.warn(
        "{}: {}; events are sent under a new epoch from now on, and those that were in the queue may"
            + " arrive twice",
        node,
        why);
  }

  private void failed(SendResult result, String event) {
    boolean refused = result instanceof Paused;
    String word = refused ? "auth_failed" : event;
    listener.onEvent(word, 1);
    if (!word.equals(told)) {
      told = word;
      String why =
          result instanceof Paused paused
              ? paused.why()
              : result instanceof Retry retry ? retry.why() : result.toString();
      log.warn("{}: {}: {}", node, word, why);
    }
  }
}
