package io.forebay.queue;

import java.io.IOException;

/**
 * Is told how an append ended: exactly one of the methods is called, once, on the queue's writer
 * thread, or on the thread that closes the queue. Calls must be short, must not block and must not
 * throw; what is thrown is logged and changes nothing. One callback may serve any number of
 * appends. From the call on the queue no longer looks at the batch, which may be used again.
 */
public interface AppendCallback {

  /**
   * The records are in the queue, as durable as the sync policy says.
   *
   * @param firstSequence the sequence number of the batch's first record; the others follow by one
   * @param count number of records
   */
  void onStored(long firstSequence, int count);

  /** The batch was turned away, whole. The queue has already reported it to its listener. */
  void onRefused(DropReason reason);

  /** The disk failed, or the queue was closed: nothing of the batch will be read back. */
  void onFailed(IOException cause);
}
