package io.forebay.queue;

/**
 * What a {@link QueueScan} reads.
 *
 * @param fromSequence records below it are left out
 * @param settledToo also records that were delivered or given up and still lie on the disk
 * @param sinceMillis frames appended before are left out; milliseconds since the epoch
 * @param follow go on with what is appended after the scan began
 */
public record ScanOptions(long fromSequence, boolean settledToo, long sinceMillis, boolean follow) {

  /** What the queue still has to deliver, as far as it is there now. */
  public static final ScanOptions UNDELIVERED = new ScanOptions(0, false, Long.MIN_VALUE, false);

  /** Every frame that is there now. */
  public static final ScanOptions EVERYTHING = new ScanOptions(0, true, Long.MIN_VALUE, false);
}
