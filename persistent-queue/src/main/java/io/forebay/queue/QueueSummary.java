package io.forebay.queue;

import java.nio.file.Path;
import java.util.List;

/**
 * A picture of a queue, from its files.
 *
 * @param directory of the queue
 * @param records that are still to be delivered; those that damage has made unreadable are counted
 *     until they are found
 * @param backlogBytes of the frames that hold them; an estimate where a segment is partly delivered
 * @param diskBytes length of all files together
 * @param segments number of segment files
 * @param frontier every record below this sequence number is delivered or given up
 * @param nextSequence the number after the newest record
 * @param oldestSequence first number of the oldest frame that holds a record to be delivered; -1
 *     when there is none
 * @param oldestMillis when it was appended, milliseconds since the epoch; 0 when there is none
 * @param epoch names the queue; 0 when nothing tells
 * @param truncatedBelow records below this number that were not delivered were deleted to make
 *     room; 0 when none ever was
 * @param stateSound whether the state file could be read; when not, every record on disk counts
 * @param tailBytes after the last sound frame: being written, or torn off by a crash; no records
 * @param evidence names of the files that keep copies of damaged bytes
 */
public record QueueSummary(
    Path directory,
    long records,
    long backlogBytes,
    long diskBytes,
    int segments,
    long frontier,
    long nextSequence,
    long oldestSequence,
    long oldestMillis,
    long epoch,
    long truncatedBelow,
    boolean stateSound,
    long tailBytes,
    List<String> evidence) {

  public QueueSummary {
    evidence = List.copyOf(evidence);
  }
}
