package io.forebay.core.delivery;

/**
 * Counts what came and what became of it. On the loop only, but for {@link #published}. At every
 * moment
 *
 * <pre>received = delivered + dead lettered + dropped + in memory + queued</pre>
 */
final class Ledger {

  /** The counters at one moment. */
  record Entry(
      long receivedItems,
      long receivedBytes,
      long deliveredItems,
      long deliveredBytes,
      long deadLetteredItems,
      long droppedItems,
      long memoryItems,
      long memoryBytes,
      long queuedItems,
      long lastProgressMillis) {}

  private static final Entry NOTHING = new Entry(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private long receivedItems;
  private long receivedBytes;
  private long deliveredItems;
  private long deliveredBytes;
  private long deadLetteredItems;
  private long droppedItems;
  private long memoryItems;
  private long memoryBytes;
  private long queuedItems;
  private long lastProgressMillis;
  private boolean changed;
  private volatile Entry published = NOTHING;

  void received(long items, long bytes) {
    receivedItems += items;
    receivedBytes += bytes;
    memoryItems += items;
    memoryBytes += bytes;
    changed = true;
  }

  /** Records that an earlier run left in the queue. */
  void foundQueued(long items, long bytes) {
    receivedItems += items;
    receivedBytes += bytes;
    queuedItems += items;
    changed = true;
  }

  void stored(long items, long bytes) {
    leftMemory(items, bytes);
    queuedItems += items;
  }

  void leftMemory(long items, long bytes) {
    memoryItems -= items;
    memoryBytes -= bytes;
    changed = true;
  }

  void leftQueue(long items) {
    queuedItems -= items;
    changed = true;
  }

  void delivered(long items, long bytes, long atMillis) {
    deliveredItems += items;
    deliveredBytes += bytes;
    lastProgressMillis = atMillis;
    changed = true;
  }

  void deadLettered(long items, long atMillis) {
    deadLetteredItems += items;
    lastProgressMillis = atMillis;
    changed = true;
  }

  void dropped(long items, long atMillis) {
    droppedItems += items;
    lastProgressMillis = atMillis;
    changed = true;
  }

  /**
   * Records in the queue, leased ones included, even those that had to leave the disk meanwhile.
   */
  long queuedItems() {
    return queuedItems;
  }

  long memoryItems() {
    return memoryItems;
  }

  /** Makes the counters visible to {@link #published}. */
  void publish() {
    if (changed) {
      changed = false;
      published =
          new Entry(
              receivedItems,
              receivedBytes,
              deliveredItems,
              deliveredBytes,
              deadLetteredItems,
              droppedItems,
              memoryItems,
              memoryBytes,
              queuedItems,
              lastProgressMillis);
    }
  }

  /** The counters as of the last step of the loop; from any thread. */
  Entry published() {
    return published;
  }
}
