package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.item.Counted;
import io.forebay.core.runtime.HealthReport.Reason;
import io.forebay.core.runtime.PipelineStatus.State;
import io.forebay.core.telemetry.DeliveryTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import io.forebay.queue.QueueStatistics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a running assembly. Thread safe. */
final class HealthCheck {

  /** The pipeline's own thread ticks each second; silent for longer than this, it hangs. */
  private static final Duration LIVE_WITHIN = Duration.ofSeconds(30);

  private static final String DISK_FAILING = "disk_failing";

  private final Assembly assembly;
  private final Duration stalledAfter;
  private final LongSupplier nanoClock;
  private final OverflowWatch overflows;
  private final Map<String, Progress> progress = new ConcurrentHashMap<>();
  private volatile long tickedAtNanos;

  /** How many items had left a destination, and when that number last changed. */
  private record Progress(long settled, long atNanos) {}

  /**
   * @param stalledAfter a destination with a backlog that settles nothing for this long is stalled
   * @param clock for the times that people read
   */
  HealthCheck(Assembly assembly, Duration stalledAfter, Clock clock, LongSupplier nanoClock) {
    this.assembly = assembly;
    this.stalledAfter = stalledAfter;
    this.nanoClock = nanoClock;
    this.overflows = new OverflowWatch(new QueueLimits(assembly), clock, nanoClock);
    this.tickedAtNanos = nanoClock.getAsLong();
  }

  /** Notes how far each destination has come and what it lost; to be called about once a second. */
  void tick() {
    long now = nanoClock.getAsLong();
    tickedAtNanos = now;
    for (DestinationNode destination : assembly.destinations()) {
      note(destination.node().name(), destination.delivery().snapshot(), now);
      overflows.note(destination.node());
    }
  }

  private void note(String name, DeliverySnapshot snapshot, long now) {
    long settled =
        snapshot.deliveredItems() + snapshot.deadLetteredItems() + snapshot.droppedItems();
    Progress last = progress.get(name);
    if (last == null || last.settled != settled || snapshot.bufferedItems() == 0) {
      progress.put(name, new Progress(settled, now));
    }
  }

  HealthReport report(State state) {
    List<Reason> reasons = new ArrayList<>();
    if (state != State.RUNNING) {
      String word = state.name().toLowerCase(Locale.ROOT);
      reasons.add(new Reason("", word, "the pipeline is " + word));
    }
    BudgetStatus budget = assembly.inventory().status().budget();
    if (budget != null && budget.spent() != null) {
      reasons.add(new Reason("", "disk_budget", budget.sentence()));
    }
    Set<String> starting =
        state != State.RUNNING
            ? Set.of()
            : assembly.sources().stream()
                .filter(SourceNode::isStarting)
                .map(SourceNode::name)
                .collect(Collectors.toSet());
    assembly.nodes().forEach(node -> check(node, starting.contains(node.name()), reasons));
    boolean ticking = nanoClock.getAsLong() - tickedAtNanos < LIVE_WITHIN.toNanos();
    boolean live = state != State.FAILED && (state != State.RUNNING || ticking);
    return new HealthReport(live, reasons.isEmpty(), reasons);
  }

  /** Whether nothing is wrong with the node; one that still starts is well. */
  boolean isWell(NodeTelemetry node) {
    List<Reason> reasons = new ArrayList<>();
    check(node, false, reasons);
    return reasons.isEmpty();
  }

  private void check(NodeTelemetry node, boolean starting, List<Reason> reasons) {
    String name = node.name();
    String trouble = node.trouble();
    if (trouble != null) {
      reasons.add(new Reason(name, "unhealthy", trouble));
    } else if (starting) {
      reasons.add(new Reason(name, HealthReport.STARTING, "it does not take data yet"));
    }
    DeliveryTelemetry delivery = assembly.delivery(name);
    if (delivery == null) {
      return;
    }
    DeliverySnapshot snapshot = delivery.snapshot();
    if (snapshot.state() == DeliveryState.PAUSED) {
      reasons.add(new Reason(name, "paused", because("the destination refuses us", snapshot)));
    }
    if (snapshot.heldBack().blocking()) {
      reasons.add(
          new Reason(
              name,
              "blocked",
              because(
                  snapshot.heldBack().items() == 1
                      ? "one item keeps all others waiting"
                      : "a batch keeps all others waiting",
                  snapshot)));
    }
    QueueStatistics queue = snapshot.queue();
    checkDisk(name, "the queue's disk fails", snapshot.diskTrouble(), queue, reasons);
    QueueStatistics letters = snapshot.deadLetters();
    String ofLetters = snapshot.deadLetterTrouble();
    checkDisk(name, "the disk of the dead letters fails", ofLetters, letters, reasons);
    overflows.note(node); // a probe sees what was lost a moment ago, and for a minute after
    String overflow = overflows.trouble(name);
    if (overflow != null) {
      reasons.add(new Reason(name, "overflowing", because(overflow, snapshot)));
    }
    Progress last = progress.get(name);
    long still = last == null ? 0 : nanoClock.getAsLong() - last.atNanos;
    if (snapshot.bufferedItems() > 0 && still > stalledAfter.toNanos()) {
      String what =
          Counted.waiting(snapshot.bufferedItems(), "item")
              + ", and none was delivered for "
              + Duration.ofNanos(still).toSeconds()
              + " s";
      reasons.add(new Reason(name, "stalled", because(what, snapshot)));
    }
  }

  /**
   * @param usual what is said until the words for it are there
   */
  private static void checkDisk(
      String name,
      String usual,
      @Nullable String trouble,
      @Nullable QueueStatistics queue,
      List<Reason> reasons) {
    if (trouble != null) {
      reasons.add(new Reason(name, DISK_FAILING, trouble));
    } else if (queue != null && queue.diskFailing()) {
      reasons.add(new Reason(name, DISK_FAILING, usual));
    }
  }

  private static String because(String what, DeliverySnapshot snapshot) {
    String why = snapshot.why();
    return why == null ? what : what + ": " + why;
  }
}
