package io.forebay.core.delivery;

import io.forebay.queue.QueueStatistics;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the ledger with the queue when all is quiet: a queue may lose records whose number it
 * cannot tell, and strict order would wait for them for ever. One that has more than the ledger
 * knows of would make the books wrong. On the loop only.
 */
final class DriftCheck {

  private static final Logger log = LoggerFactory.getLogger(DriftCheck.class);

  /** Long enough for every word of the queue that is on its way to have arrived. */
  private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();

  private final DeliveryParts parts;
  private long quietSince = Mailbox.NEVER;

  DriftCheck(DeliveryParts parts) {
    this.parts = parts;
  }

  /**
   * Counts as dropped what the ledger has and the queue has not, and as received what the queue has
   * and the ledger has not.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (!isQuiet()) {
      quietSince = Mailbox.NEVER;
      return Mailbox.NEVER;
    }
    if (quietSince == Mailbox.NEVER) {
      quietSince = now;
    }
    if (now - quietSince < QUIET_NANOS) {
      return quietSince + QUIET_NANOS;
    }
    quietSince = Mailbox.NEVER;
    QueueStatistics truth = parts.queue.statistics();
    long missing = truth == null ? 0 : parts.ledger.queuedItems() - truth.records();
    if (missing > 0) {
      log.warn("{}: {} items are missing in the queue; counted as dropped", parts.node, missing);
      parts.settlement.droppedByQueue("missing", missing, 0);
    } else if (missing < 0) {
      log.error("{}: the queue has {} items that were not counted", parts.node, -missing);
      parts.ledger.foundQueued(-missing, 0);
    }
    return Mailbox.NEVER;
  }

  private boolean isQuiet() {
    return parts.ledger.queuedItems() != 0
        && parts.sender.inFlight() == 0
        && !parts.retries.hasLeased()
        && parts.deadLetters.isIdle()
        && parts.spill.isIdle()
        && parts.backlog.hasCaughtUp()
        && !parts.shutdown.isAsked();
  }
}
