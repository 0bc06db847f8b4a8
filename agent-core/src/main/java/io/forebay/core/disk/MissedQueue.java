package io.forebay.core.disk;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A queue that was not there when an agent started, so that a new one began empty in its place.
 *
 * @param openedMillis when the last agent that had it started, milliseconds since the epoch
 * @param missedMillis when the one started that missed it, milliseconds since the epoch
 */
public record MissedQueue(long openedMillis, long missedMillis) {

  private static final long TOLD_MILLIS = Duration.ofDays(30).toMillis();

  /** Whether it is still worth telling. */
  public boolean isCurrent(long nowMillis) {
    return nowMillis - missedMillis < TOLD_MILLIS;
  }

  /** What is to be told when it is missed, without a full stop. */
  String warning(String node, Path directory) {
    return node
        + ": "
        + directory
        + " holds no queue, though the agent that started at "
        + time(openedMillis)
        + " had one there; a new one begins, empty. To have the former back: stop the agent, mount its disk or put"
        + " back what was there, and start it again. Or go on; when it turns up, with the agent stopped: "
        + adopt(node);
  }

  /** What is to be told of the new queue later, without a full stop. */
  public String note(String node) {
    return "this queue began empty at "
        + time(missedMillis)
        + ", as the one was missing that the agent started at "
        + time(openedMillis)
        + " had here. When that turns up, with the agent stopped: "
        + adopt(node)
        + ". This is told until then, until a purge of this queue, or for 30 days";
  }

  private static String adopt(String node) {
    return "forebay queue adopt -c FILE DIRECTORY " + node + " gives its records to the new one";
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }
}
