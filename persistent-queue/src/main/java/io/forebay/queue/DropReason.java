package io.forebay.queue;

/** Why a record left the queue, or never entered it, without having been acknowledged. */
public enum DropReason {
  /** The queue was full and its overflow policy refuses what is new. */
  OVERFLOW_NEWEST,
  /**
   * The queue has room, but not the disk that it shares with others, and its overflow policy
   * refuses what is new, or it holds nothing that it could give up.
   */
  DISK_BUDGET,
  /**
   * The queue was full and its overflow policy gives up what is oldest (a truncation). Reported for
   * a record that was leased at that moment only when its lease ends without acknowledging it.
   */
  OVERFLOW_OLDEST,
  /** The record was older than the maximum age, and not leased. */
  MAX_AGE,
  /**
   * The batch can never fit: it is larger than the whole queue, or the disk that it shares, may be,
   * or a record of it is larger than a frame may be.
   */
  TOO_LARGE,
  /** The bytes on disk no longer match their checksum. */
  DAMAGED
}
