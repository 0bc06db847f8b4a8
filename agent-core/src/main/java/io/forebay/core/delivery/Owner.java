package io.forebay.core.delivery;

import io.forebay.core.item.Acknowledgement;
import io.forebay.queue.Lease;
import org.jspecify.annotations.Nullable;

/**
 * Whom to tell when items are settled: their source, or the queue that holds them. Touched on the
 * loop only.
 */
sealed interface Owner {

  /** The share of one source batch: ends once all items of the batch are settled. */
  final class Share implements Owner {
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

    /** The items were delivered, made durable or recorded as dropped. */
    void settle(int items) {
      unsettled -= items;
      if (unsettled == 0) {
        if (failed) {
          acknowledgement.fail();
        } else {
          acknowledgement.complete();
        }
      }
    }

    /** The items are given back: the source is to offer the whole batch again. */
    void giveBack(int items) {
      failed = true;
      settle(items);
    }
  }

  /** Records that the queue keeps until they are acknowledged. */
  record Leased(Lease lease) implements Owner {

    /**
     * Whether the queue has given the records up meanwhile, to make room or for their age, and has
     * counted them as dropped. {@code frontier} cannot have passed records that are held here in
     * any other way.
     */
    boolean isGone(int from, long frontier) {
      return frontier > lease.firstSequence() + from;
    }
  }

  /** The share, or null for records of the queue. */
  default @Nullable Share share() {
    return this instanceof Share share ? share : null;
  }
}
