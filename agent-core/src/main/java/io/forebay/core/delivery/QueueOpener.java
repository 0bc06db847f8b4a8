package io.forebay.core.delivery;

import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import java.io.IOException;

/** How delivery comes by a queue: {@code PersistentQueue::open}, or a test's own. */
@FunctionalInterface
public interface QueueOpener {

  /**
   * Opens the queue. Called on a thread that may block.
   *
   * @throws IOException as {@link PersistentQueue#open} does
   */
  PersistentQueue open(QueueOptions options) throws IOException;
}
