package io.forebay.queue;

import java.util.List;

/**
 * What a check of every frame found.
 *
 * @param frames that are sound
 * @param records in them
 * @param undelivered those of the records that the queue still has to deliver
 * @param payloadBytes of the records
 * @param segmentBytes length of the segments together
 * @param damages how many damages were found
 * @param lostRecords records in them that were neither delivered nor counted as lost before
 * @param listed the first {@link QueueInspector#LISTED_DAMAGES} of the damages
 * @param tailBytes after the last sound frame: being written, or torn off by a crash; no records
 * @param stateSound whether the state file can be read; when not, every record comes again
 * @param well whether the state is sound and no damage touches what is still to be delivered
 */
public record QueueCheck(
    long frames,
    long records,
    long undelivered,
    long payloadBytes,
    long segmentBytes,
    long damages,
    long lostRecords,
    List<Damage> listed,
    long tailBytes,
    boolean stateSound,
    boolean well) {

  public QueueCheck {
    listed = List.copyOf(listed);
  }
}
