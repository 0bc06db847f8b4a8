package io.forebay.queue;

/** How an append ended when the disk did what it was asked. */
public sealed interface AppendResult {

  /**
   * The records are in the queue, as durable as the sync policy says.
   *
   * @param firstSequence the sequence number of the batch's first record; the others follow by one
   * @param count number of records
   */
  record Stored(long firstSequence, int count) implements AppendResult {}

  /** The batch was turned away, whole. The queue has already reported it to its listener. */
  record Refused(DropReason reason) implements AppendResult {}
}
