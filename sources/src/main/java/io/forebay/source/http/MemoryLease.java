package io.forebay.source.http;

import io.forebay.source.net.ByteBudget;

/**
 * The memory that one request has of the source's budget. Grows while the request is read and
 * unpacked; given back when the request ends or, once {@linkplain #handOver handed over}, when its
 * items are acknowledged. Thread safe: a client may vanish at any time.
 */
final class MemoryLease {

  private final ByteBudget budget;
  private long bytes;
  private Runnable recycling = () -> {};
  private boolean handedOver;
  private boolean closed;

  MemoryLease(ByteBudget budget) {
    this.budget = budget;
  }

  /**
   * Takes more bytes.
   *
   * @throws Refusal when there is no room: for now, or in general
   */
  synchronized void grow(long more) {
    if (closed) {
      throw Refusal.stopping();
    }
    if (!tryGrow(more)) {
      if (bytes + more > budget.maxBytes()) {
        throw Refusal.tooLarge(
            "the request needs more than the "
                + budget.maxBytes()
                + " bytes of max_pending_size; send smaller ones");
      }
      throw Refusal.busy("too many bytes are waiting to be acknowledged (max_pending_size)");
    }
  }

  /** Takes as many more bytes if there is room for all of them. */
  synchronized boolean tryGrow(long more) {
    boolean grown = !closed && budget.tryTake(more);
    bytes += grown ? more : 0;
    return grown;
  }

  /**
   * Says what is to be done with the items' bytes when nobody reads them any more.
   *
   * @param whenUnused run by {@link #recycle}
   */
  synchronized void recycling(Runnable whenUnused) {
    recycling = whenUnused;
  }

  /** Nobody reads the items' bytes any more. */
  synchronized void recycle() {
    recycling.run();
    recycling = () -> {};
  }

  /**
   * Leaves it to the acknowledgement to {@link #close} the lease.
   *
   * @return false when it is closed already: the request has ended
   */
  synchronized boolean handOver() {
    handedOver = !closed;
    return handedOver;
  }

  /** The request has ended, which matters unless the lease was handed over. */
  synchronized void requestEnded() {
    if (!handedOver) {
      close();
    }
  }

  /** Gives the bytes back. Idempotent. */
  synchronized void close() {
    closed = true;
    budget.release(bytes);
    bytes = 0;
  }
}
