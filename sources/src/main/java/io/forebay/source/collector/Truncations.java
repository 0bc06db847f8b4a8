package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of events that agents lost because their buffers were full. Each range is
 * logged once, within a bound on the lines of a minute. Thread safe.
 */
final class Truncations {

  private static final Logger log = LoggerFactory.getLogger(Truncations.class);

  private static final int LINES_A_MINUTE = 100;
  private static final long MINUTE_MILLIS = 60_000;

  private final String nodeName;
  private final Clock clock;
  private final NodeListener listener;
  private long minute = Long.MIN_VALUE;
  private int lines;
  private long unsaid;

  Truncations(String nodeName, Clock clock, NodeListener listener) {
    this.nodeName = nodeName;
    this.clock = clock;
    this.listener = listener;
  }

  /** The agent told that the numbers from {@code first} to {@code last} are lost. */
  void told(String agentId, long epoch, long first, long last) {
    long count = last - first + 1;
    listener.onEvent("truncated", count);
    long before = mayLog();
    if (before >= 0) {
      log.warn(
          "{}: agent {} lost {} events when its buffer was full, numbers {} to {} of epoch {}{}",
          nodeName,
          agentId,
          count,
          first,
          last,
          Long.toHexString(epoch),
          before == 0 ? "" : " (and " + before + " such ranges before that were not logged)");
    }
  }

  private synchronized long mayLog() {
    long now = clock.millis() / MINUTE_MILLIS;
    if (now != minute) {
      minute = now;
      lines = 0;
    }
    if (lines == LINES_A_MINUTE) {
      unsaid++;
      return -1;
    }
    lines++;
    long before = unsaid;
    unsaid = 0;
    return before;
  }
}
