package io.forebay.agent.rehearsal;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an outage did to one destination.
 *
 * @param received items that it took over
 * @param delivered items that the receiver took
 * @param dropped items given up, by reason
 * @param droppedBytes bytes of all these
 * @param firstDrop from the begin of the outage to the first drop; null without one
 * @param peakDiskBytes the most that the queue's directory held
 * @param peakMemoryItems the most that was in memory
 * @param peakMemoryBytes the weight of these
 * @param waitingAtSources the most items that sources had to wait with
 * @param waitingFrom from the begin of the outage until sources had to wait; null when they never
 *     had to
 * @param oldest age of the oldest item in the queue, at most
 * @param drained from the return of the receiver until the backlog was gone; null when it does not
 *     shrink
 * @param extrapolated whether {@code drained} was reckoned from the pace at which the backlog
 *     shrank
 */
public record Figures(
    long received,
    long delivered,
    Map<String, Long> dropped,
    long droppedBytes,
    @Nullable Duration firstDrop,
    long peakDiskBytes,
    long peakMemoryItems,
    long peakMemoryBytes,
    long waitingAtSources,
    @Nullable Duration waitingFrom,
    Duration oldest,
    @Nullable Duration drained,
    boolean extrapolated) {

  public Figures {
    dropped = Map.copyOf(dropped);
  }

  /** Items given up, for whatever reason. */
  public long lost() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  Figures times(int parts) {
    Map<String, Long> all =
        dropped.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, reason -> reason.getValue() * parts));
    return new Figures(
        received * parts,
        delivered * parts,
        all,
        droppedBytes * parts,
        firstDrop,
        peakDiskBytes * parts,
        peakMemoryItems * parts,
        peakMemoryBytes * parts,
        waitingAtSources * parts,
        waitingFrom,
        oldest,
        drained,
        extrapolated);
  }
}
