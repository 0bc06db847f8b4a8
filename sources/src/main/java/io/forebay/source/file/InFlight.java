package io.forebay.source.file;

import java.util.concurrent.atomic.AtomicLong;

/** What a node has handed out and not heard of, over all its files. Thread safe. */
final class InFlight {

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong batches = new AtomicLong();

  void add(long size) {
    bytes.addAndGet(size);
    batches.incrementAndGet();
  }

  void remove(long size) {
    bytes.addAndGet(-size);
    batches.decrementAndGet();
  }

  /** Bytes of memory that the batches hold. */
  long bytes() {
    return bytes.get();
  }

  boolean isEmpty() {
    return batches.get() == 0;
  }
}
