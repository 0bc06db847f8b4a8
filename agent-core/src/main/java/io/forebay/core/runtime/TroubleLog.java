package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.telemetry.NodeTelemetry;
import java.time.Duration;
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
  private final LongSupplier nanoClock;
  private final Map<Subject, Told> told = new HashMap<>();
  private final Set<String> failing = new HashSet<>();

  private record Subject(String node, String what) {}

  /** How many items the lines of a subject have told of, and when the last was written. */
  private record Told(long items, long atNanos) {}

  TroubleLog(Assembly assembly, LongSupplier nanoClock) {
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
      tell(new Subject(name, "dead-lettered"), snapshot.deadLetteredItems(), last);
      failure(name, snapshot);
    }
  }

  private void drops(NodeTelemetry node, boolean last) {
    node.drops()
        .forEach(
            (reason, drops) -> {
              if (!reason.equals(FILTERED)) {
                tell(new Subject(node.name(), "dropped: " + reason), drops.items(), last);
              }
            });
  }

  private void tell(Subject subject, long items, boolean last) {
    Told before = told.get(subject);
    long known = before == null ? 0 : before.items;
    long now = nanoClock.getAsLong();
    if (items > known && (last || before == null || now - before.atNanos >= INTERVAL_NANOS)) {
      told.put(subject, new Told(items, now));
      String more = known == 0 ? "" : " more";
      String reason = subject.what.substring(subject.what.lastIndexOf(' ') + 1);
      String limit =
          QueueLimits.isForRoom(reason) ? ": " + limits.sentence(subject.node, reason) : "";
      log.warn("{}: {}{} items {}{}", subject.node, items - known, more, subject.what, limit);
    }
  }

  private void failure(String name, DeliverySnapshot snapshot) {
    String why = snapshot.why();
    if (snapshot.queue() == null && snapshot.state() == DeliveryState.DIRECT && why != null) {
      if (failing.add(name)) {
        log.warn(
            "{}: {}; {} items wait in memory, since it has no persistent_queue",
            name,
            why,
            snapshot.memoryItems());
      }
    } else if (failing.remove(name) && why == null) {
      log.info("{}: it is well again", name);
    }
  }
}
