package io.forebay.queue;

/**
 * A picture of a queue.
 *
 * @param records neither acknowledged nor dropped, leased ones included, even those that had to
 *     leave the disk meanwhile
 * @param backlogBytes bytes on disk of the frames that hold such records: falls as they are
 *     acknowledged, exactly 0 when there are none. After damage it is an estimate
 * @param diskBytes real bytes of all files in the directory
 * @param maxBytes the bound
 * @param segments number of segment files
 * @param nextSequence the sequence number that the next record gets
 * @param frontier every record below this sequence number is acknowledged, dropped, or leased and
 *     no longer on disk
 * @param leased records leased and not yet acknowledged or released
 * @param oldestMillis when the oldest record on disk was appended, in milliseconds since the epoch;
 *     0 when there is none
 * @param diskFailing whether the disk fails to write, to sync or to read
 */
public record QueueStatistics(
    long records,
    long backlogBytes,
    long diskBytes,
    long maxBytes,
    int segments,
    long nextSequence,
    long frontier,
    long leased,
    long oldestMillis,
    boolean diskFailing) {}
