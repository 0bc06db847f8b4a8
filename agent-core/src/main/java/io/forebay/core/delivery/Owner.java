package io.forebay.core.delivery;

import io.forebay.core.item.Acknowledgement;
import io.forebay.queue.Lease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom to tell when items are settled: their source, or the queue that holds them. Touched on the
 * loop only.
 */
sealed interface Owner {

  /** The share of one source batch: ends once all items of the batch are settled. */
  final class Share implements Owner {
    private static final Logger log = LoggerFactory.getLogger(Share.class);

    private final Acknowledgement acknowledgement;
    private int unsettled;
    private boolean failed;

    Share(Acknowledgement acknowledgement, int items) {
      this.acknowledgement = acknowledgement;
      this.unsettled = items;
    }

    boolean isAwaited() {
      return acknowledgement.isAwaited();
    }

    /** Somebody may read the items' bytes even after they are settled. */
    void keepBytes() {
      acknowledgement.keepBytes();
    }

    /** The items were delivered, made durable or recorded as dropped. */
    void settle(int items) {
      unsettled -= items;
      if (unsettled == 0) {
        end();
      }
    }

    private void end() {
      try {
        if (failed) {
          acknowledgement.fail();
        } else {
          acknowledgement.complete();
        }
      } catch (RuntimeException e) {
        // A source's mistake must not leave other sources' items half settled.
        log.error("a source failed to hear how its batch ended", e);
      }
    }

    /** The items are given back: the source is to offer the whole batch again. */
    void giveBack(int items) {
      failed = true;
      settle(items);
    }
  }

  /** Records that the queue keeps until they are acknowledged. */
  record Leased(Lease lease) implements Owner {}

  /** The share, or null for records of the queue. */
  default @Nullable Share share() {
    return this instanceof Share share ? share : null;
  }
}
