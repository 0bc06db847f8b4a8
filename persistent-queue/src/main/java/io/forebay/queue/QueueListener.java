package io.forebay.queue;

import java.nio.file.Path;

/**
 * Told of what happens inside a queue. Calls come from the queue's own threads or from the caller
 * of a method; they must be quick and must not call back into the queue.
 */
public interface QueueListener {

  QueueListener NONE = new QueueListener() {};

  /**
   * Records became readable, or space became free; {@link PersistentQueue#hasReady} may have
   * changed.
   */
  default void onReady() {}

  /** Records left, or were refused, without an acknowledgement. */
  default void onDropped(DropReason reason, long records, long bytes) {}

  /** A sync of a data file took this long. */
  default void onSynced(long nanos) {}

  /** A frame was damaged; its bytes were kept in {@code evidence} where there was room. */
  default void onDamaged(Path segment, long offset, String what) {}

  /**
   * The disk failed; the queue goes on as well as it can. {@link #onDiskWell} follows when it works
   * again.
   *
   * @param operation what was tried, as it follows the word "cannot"
   */
  default void onDiskFailed(String operation, DiskException cause) {}

  default void onDiskWell() {}
}
