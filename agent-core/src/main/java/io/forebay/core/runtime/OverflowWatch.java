package io.forebay.core.runtime;

import io.forebay.core.telemetry.NodeTelemetry;
import io.forebay.core.telemetry.NodeTelemetry.Drops;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which queues drop items because they are full, at this moment or a short while ago. Thread safe.
 */
final class OverflowWatch {

  /** Drops come in bursts; a queue that has dropped nothing for longer than this has room again. */
  private static final Duration OVER_AFTER = Duration.ofSeconds(60);

  private static final String OVERFLOW = "overflow_";
  private static final String DISK_BUDGET = "disk_budget";

  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Map<String, Episode> episodes = new ConcurrentHashMap<>();

  /**
   * Drops with no longer pause between them.
   *
   * @param before items that were dropped when it began
   * @param items that were dropped by now
   */
  private record Episode(long before, long items, Instant since, long lastAtNanos) {}

  OverflowWatch(Clock clock, LongSupplier nanoClock) {
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /** Notes what the node has dropped so far; to be called about once a second. */
  void note(NodeTelemetry node) {
    long items = 0;
    for (Map.Entry<String, Drops> drops : node.drops().entrySet()) {
      String reason = drops.getKey();
      boolean full = reason.startsWith(OVERFLOW) || reason.equals(DISK_BUDGET);
      items += full ? drops.getValue().items() : 0;
    }
    long now = nanoClock.getAsLong();
    Episode last = episodes.get(node.name());
    long known = last == null ? 0 : last.items;
    if (items > known) {
      episodes.put(
          node.name(),
          last != null && !isOver(last, now)
              ? new Episode(last.before, items, last.since, now)
              : new Episode(known, items, clock.instant().truncatedTo(ChronoUnit.SECONDS), now));
    }
  }

  /** What is being lost, for people; null when nothing is. */
  @Nullable String trouble(String node) {
    Episode episode = episodes.get(node);
    long now = nanoClock.getAsLong();
    if (episode == null || isOver(episode, now)) {
      return null;
    }
    return "the queue is full: "
        + (episode.items - episode.before)
        + " items were dropped since "
        + episode.since
        + ", the last "
        + Duration.ofNanos(now - episode.lastAtNanos).toSeconds()
        + " s ago";
  }

  private static boolean isOver(Episode episode, long now) {
    return now - episode.lastAtNanos > OVER_AFTER.toNanos();
  }
}
