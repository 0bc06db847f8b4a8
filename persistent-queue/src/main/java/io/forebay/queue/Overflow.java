package io.forebay.queue;

/**
 * What an append does when the queue has reached its bound in bytes, or the disk that it shares
 * with others gives it no more.
 */
public enum Overflow {
  /** Refuse the new batch. */
  DROP_NEWEST,
  /**
   * Delete the oldest segment, leased or not, until the batch fits: a ring. Records that are leased
   * stay with their {@link Lease}.
   */
  DROP_OLDEST,
  /** Keep the append waiting until acknowledgements make room. */
  BLOCK
}
