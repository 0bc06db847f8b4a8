package io.forebay.core.runtime;

import io.forebay.core.item.Counted;
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
 * Which queues drop items because there is no room for them, at this moment or a short while ago.
 * Thread safe.
 */
final class OverflowWatch {

  /** Drops come in bursts; a queue that has dropped nothing for longer than this has room again. */
  private static final Duration OVER_AFTER = Duration.ofSeconds(60);

  /** What was dropped within this time is told of as going on: others look once a second. */
  private static final Duration PRESENT = Duration.ofSeconds(2);

  private final QueueLimits limits;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Map<String, Episode> episodes = new ConcurrentHashMap<>();

  /**
   * Drops with no longer pause between them.
   *
   * @param before items that were dropped when it began
   * @param items that were dropped by now
   * @param limit what the last were dropped for, as it stood then
   */
  private record Episode(
      long before, long items, Instant since, long lastAtNanos, QueueLimits.Words limit) {}

  OverflowWatch(QueueLimits limits, Clock clock, LongSupplier nanoClock) {
    this.limits = limits;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /**
   * Notes what the node has dropped so far; to be called about once a second, and before anybody is
   * told.
   */
  void note(NodeTelemetry node) {
    long sum = 0;
    String last = "";
    for (Map.Entry<String, Drops> drops : node.drops().entrySet()) {
      long items = QueueLimits.isForRoom(drops.getKey()) ? drops.getValue().items() : 0;
      sum += items;
      last = items > 0 ? drops.getKey() : last;
    }
    if (sum > 0) {
      long items = sum;
      String reason = last;
      episodes.compute(node.name(), (name, before) -> next(before, name, items, reason));
    }
  }

  private @Nullable Episode next(@Nullable Episode last, String node, long items, String reason) {
    long known = last == null ? 0 : last.items;
    if (items <= known) {
      return last;
    }
    long now = nanoClock.getAsLong();
    QueueLimits.Words limit = limits.words(node, reason);
    return last != null && !isOver(last, now)
        ? new Episode(last.before, items, last.since, now, limit)
        : new Episode(known, items, clock.instant().truncatedTo(ChronoUnit.SECONDS), now, limit);
  }

  /** What is being lost, for people; null when nothing is. */
  @Nullable String trouble(String node) {
    Episode episode = episodes.get(node);
    long now = nanoClock.getAsLong();
    if (episode == null || isOver(episode, now)) {
      return null;
    }
    long ago = now - episode.lastAtNanos;
    return (ago < PRESENT.toNanos() ? episode.limit.present() : episode.limit.past())
        + "; "
        + Counted.of(episode.items - episode.before, "item")
        + (episode.items - episode.before == 1 ? " was" : " were")
        + " dropped since "
        + episode.since
        + ", the last "
        + Duration.ofNanos(ago).toSeconds()
        + " s ago";
  }

  private static boolean isOver(Episode episode, long now) {
    return now - episode.lastAtNanos > OVER_AFTER.toNanos();
  }
}
