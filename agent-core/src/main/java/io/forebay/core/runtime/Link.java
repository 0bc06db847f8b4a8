package io.forebay.core.runtime;

import io.forebay.core.item.Batch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Carries batches from an exit of one node to another node, with room for a few: when they are not
 * taken, the node that emits is no longer asked for more. Thread safe.
 */
final class Link {

  /** Enough to keep both ends busy, few enough to hold little memory. */
  static final int CAPACITY = 4;

  private final String path;
  private final Outlets from;
  private final Inlet to;
  private final AtomicInteger free = new AtomicInteger(CAPACITY);
  private final LongAdder items = new LongAdder();

  Link(Outlets from, String path, Inlet to) {
    this.from = from;
    this.path = path;
    this.to = to;
  }

  /** Number of batches that there is room for. */
  int free() {
    return free.get();
  }

  /** Hands a batch with its share over. */
  void carry(Batch batch, long bytes) {
    free.decrementAndGet();
    items.add(batch.size());
    to.offer(new Parcel(batch, bytes, this));
  }

  /** A batch was taken at the other end. */
  void taken() {
    free.incrementAndGet();
    from.replenish();
  }

  /** No batch follows. */
  void close() {
    to.linkClosed();
  }

  String path() {
    return path;
  }

  String fromName() {
    return from.nodeName();
  }

  String toName() {
    return to.nodeName();
  }

  /** Items carried since the start. */
  long items() {
    return items.sum();
  }
}
