package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.item.Counted;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of what changes no state and yet is worth a line: items that are lost or set aside,
 * and a receiver that fails where no queue takes its data. At once when it begins, and then at most
 * once a minute for each node and reason. Not thread safe.
 */
final class TroubleLog {

  private static final Logger log = LoggerFactory.getLogger(TroubleLog.class);
  private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

  /** What a filter takes out is meant to go. */
  private static final String FILTERED = "filtered";

  private final Assembly assembly;
  private final QueueLimits limits;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Map<Subject, Loss> losses = new HashMap<>();
  private final Map<Subject, Told> told = new HashMap<>();
  private final Set<String> failing = new HashSet<>();

  private record Subject(String node, String what) {}

  /** How many items the lines of a subject have told of, and when the last was written. */
  private record Told(long items, long atNanos) {}

  /** How many items are known to be lost, since when, and what stood in the way then. */
  private record Loss(long items, Instant at, QueueLimits.Words limit) {}

  /**
   * @param clock for the times that people read
   */
  TroubleLog(Assembly assembly, Clock clock, LongSupplier nanoClock) {
    this.clock = clock;
    this.assembly = assembly;
    this.limits = new QueueLimits(assembly);
    this.nanoClock = nanoClock;
  }

  /** To be called about once a second. */
  void tick() {
    tell(false);
  }

  /** Tells of all that no line has told of yet, however short ago the last line was. */
  void end() {
    tell(true);
  }

  private void tell(boolean last) {
    assembly.nodes().forEach(node -> drops(node, last));
    for (DestinationNode destination : assembly.destinations()) {
      String name = destination.node().name();
      DeliverySnapshot snapshot = destination.delivery().snapshot();
      tell(new Subject(name, "dead-lettered"), snapshot.deadLetteredItems(), "", last);
      failure(name, snapshot);
    }
  }

  private void drops(NodeTelemetry node, boolean last) {
    node.drops()
        .forEach(
            (reason, drops) -> {
              if (!reason.equals(FILTERED)) {
                Subject subject = new Subject(node.name(), "dropped: " + reason);
                String limit =
                    QueueLimits.isForRoom(reason) ? limit(subject, reason, drops.items()) : "";
                tell(subject, drops.items(), limit, last);
              }
            });
  }

  /** What stood in the way of the last items, in the words and with the figures of then. */
  private String limit(Subject subject, String reason, long items) {
    Loss known = losses.get(subject);
    if (known == null || known.items != items) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      Loss loss = new Loss(items, now, limits.words(subject.node, reason));
      losses.put(subject, loss);
      return ": " + loss.limit.present();
    }
    return ", the last at " + known.at + ", when " + known.limit.past();
  }

  private void tell(Subject subject, long items, String limit, boolean last) {
    Told before = told.get(subject);
    long known = before == null ? 0 : before.items;
    long now = nanoClock.getAsLong();
    if (items > known && (last || before == null || now - before.atNanos >= INTERVAL_NANOS)) {
      told.put(subject, new Told(items, now));
      String more = known == 0 ? "" : " more";
      long count = items - known;
      String noun = Counted.noun(count, "item");
      log.warn("{}: {}{} {} {}{}", subject.node, count, more, noun, subject.what, limit);
    }
  }

  private void failure(String name, DeliverySnapshot snapshot) {
    String why = snapshot.why();
    if (snapshot.queue() == null && snapshot.state() == DeliveryState.DIRECT && why != null) {
      if (failing.add(name)) {
        log.warn(
            "{}: {}; {} in memory, since it has no persistent_queue",
            name,
            why,
            Counted.waiting(snapshot.memoryItems(), "item"));
      }
    } else if (failing.remove(name) && why == null) {
      log.info("{}: it is well again", name);
    }
  }
}
