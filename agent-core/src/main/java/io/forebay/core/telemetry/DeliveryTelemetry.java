package io.forebay.core.telemetry;

import io.forebay.core.component.SendResult;
import io.forebay.core.delivery.DeliveryListener;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.queue.QueueStatistics;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one destination's delivery. Events are counted as the delivery tells of them,
 * levels are read from its snapshot when they are asked for. Thread safe.
 */
public final class DeliveryTelemetry implements DeliveryListener {

  private static final String OVERFLOW_OLDEST = "overflow_oldest";

  private final NodeTelemetry node;
  private final Meters meters;
  private final Clock clock;
  private final RecentSnapshot snapshots;
  private final RateWindow fillRate = new RateWindow();
  private final LongAdder truncations = new LongAdder();
  private final LongAdder retriedItems = new LongAdder();
  private final Map<DeliveryState, LongAdder> transitions = new EnumMap<>(DeliveryState.class);
  private final Map<String, Timer> requests = new ConcurrentHashMap<>();
  private final Timer syncs;

  DeliveryTelemetry(
      NodeTelemetry node, Meters meters, Clock clock, Supplier<DeliverySnapshot> snapshots) {
    this.node = node;
    this.meters = meters;
    this.clock = clock;
    this.snapshots = new RecentSnapshot(snapshots);
    this.syncs = meters.timer(AgentMeter.QUEUE_SYNC, node.name());
    bindCounts();
    bindLevels();
    bindQueue();
  }

  private void bindCounts() {
    counter(AgentMeter.RECEIVED_ITEMS, DeliverySnapshot::receivedItems);
    counter(AgentMeter.DELIVERED_ITEMS, DeliverySnapshot::deliveredItems);
    counter(AgentMeter.DEAD_LETTERED_ITEMS, DeliverySnapshot::deadLetteredItems);
    counter(AgentMeter.GIVEN_UP_ITEMS, DeliverySnapshot::droppedItems);
    meters.counter(AgentMeter.BUFFER_TRUNCATIONS, truncations::sum, node.name());
    meters.counter(AgentMeter.RETRIED_ITEMS, retriedItems::sum, node.name());
    for (DeliveryState state : DeliveryState.values()) {
      LongAdder entered = new LongAdder();
      transitions.put(state, entered);
      meters.counter(AgentMeter.TRANSITIONS, entered::sum, node.name(), word(state));
      meters.gauge(
          AgentMeter.STATE,
          () -> snapshots.get().state() == state ? 1 : 0,
          node.name(),
          word(state));
    }
  }

  private void bindLevels() {
    gauge(AgentMeter.BUFFERED_ITEMS, DeliverySnapshot::bufferedItems);
    gauge(AgentMeter.MEMORY_ITEMS, DeliverySnapshot::memoryItems);
    gauge(AgentMeter.MEMORY_BYTES, DeliverySnapshot::memoryBytes);
    gauge(AgentMeter.IN_FLIGHT_REQUESTS, DeliverySnapshot::inFlightRequests);
    gauge(AgentMeter.HELD_BACK_ITEMS, snapshot -> snapshot.heldBack().items());
    gauge(AgentMeter.CIRCUIT_OPEN, snapshot -> snapshot.circuitOpen() ? 1 : 0);
    gauge(AgentMeter.DRAIN_RATE, DeliverySnapshot::drainItemsPerSecond);
  }

  private void bindQueue() {
    meters.gauge(
        AgentMeter.BUFFER_DISK_BYTES, () -> ofQueue(QueueStatistics::backlogBytes), node.edTags());
    queueGauge(AgentMeter.QUEUE_RECORDS, QueueStatistics::records);
    queueGauge(AgentMeter.QUEUE_DISK_BYTES, QueueStatistics::diskBytes);
    queueGauge(AgentMeter.QUEUE_MAX_BYTES, QueueStatistics::maxBytes);
    queueGauge(AgentMeter.QUEUE_DISK_FAILING, queue -> queue.diskFailing() ? 1 : 0);
    queueGauge(AgentMeter.QUEUE_OLDEST_AGE, this::oldestAgeSeconds);
    gauge(AgentMeter.QUEUE_SECONDS_TO_FULL, this::secondsToFull);
    gauge(AgentMeter.QUEUE_SECONDS_TO_DRAINED, DeliveryTelemetry::secondsToDrained);
  }

  private void counter(AgentMeter meter, ToDoubleFunction<DeliverySnapshot> value) {
    meters.counter(meter, () -> value.applyAsDouble(snapshots.get()), node.name());
  }

  private void gauge(AgentMeter meter, ToDoubleFunction<DeliverySnapshot> value) {
    meters.gauge(meter, () -> value.applyAsDouble(snapshots.get()), node.name());
  }

  private void queueGauge(AgentMeter meter, ToDoubleFunction<QueueStatistics> value) {
    meters.gauge(meter, () -> ofQueue(value), node.name());
  }

  private double ofQueue(ToDoubleFunction<QueueStatistics> value) {
    QueueStatistics queue = snapshots.get().queue();
    return queue == null ? 0 : value.applyAsDouble(queue);
  }

  private double oldestAgeSeconds(QueueStatistics queue) {
    return queue.oldestMillis() == 0
        ? 0
        : Math.max(0, clock.millis() - queue.oldestMillis()) / 1000.0;
  }

  /**
   * Seconds until the queue of this snapshot is full at the rate of the last ten seconds; NaN when
   * it does not grow.
   */
  public double secondsToFull(DeliverySnapshot snapshot) {
    QueueStatistics queue = snapshot.queue();
    double bytesPerSecond = fillRate.perSecond();
    if (queue == null || bytesPerSecond <= 0) {
      return Double.NaN;
    }
    return Math.max(0, queue.maxBytes() - queue.diskBytes()) / bytesPerSecond;
  }

  /** Seconds until the backlog is gone at the drain rate; 0 without one, NaN when it stands. */
  public static double secondsToDrained(DeliverySnapshot snapshot) {
    QueueStatistics queue = snapshot.queue();
    if (queue == null || queue.records() == 0) {
      return 0;
    }
    double rate = snapshot.drainItemsPerSecond();
    return rate <= 0 ? Double.NaN : queue.records() / rate;
  }

  /** How the delivery stands now; what the meters tell from here on is no older. */
  public DeliverySnapshot snapshot() {
    return snapshots.fresh();
  }

  /** Records that the queue gave up because it was full. */
  public long truncations() {
    return truncations.sum();
  }

  @Override
  public void onRequest(SendResult result, long items, long bytes, long nanos) {
    requests
        .computeIfAbsent(word(result), word -> meters.timer(AgentMeter.REQUESTS, node.name(), word))
        .record(nanos, TimeUnit.NANOSECONDS);
    if (result instanceof SendResult.Delivered) {
      node.onWritten(items, bytes);
    }
  }

  @Override
  public void onDropped(String reason, long items, long bytes) {
    node.onDropped(reason, items, bytes);
    if (reason.equals(OVERFLOW_OLDEST)) {
      truncations.add(items);
    }
  }

  @Override
  public void onRetry(long items) {
    retriedItems.add(items);
  }

  @Override
  public void onTransition(DeliveryState from, DeliveryState to, @Nullable String why) {
    LongAdder entered = transitions.get(to);
    if (entered != null) {
      entered.increment();
    }
  }

  @Override
  public void onSynced(long nanos) {
    syncs.record(nanos, TimeUnit.NANOSECONDS);
  }

  void sample(long nanos) {
    QueueStatistics queue = snapshots.get().queue();
    fillRate.sample(queue == null ? 0 : (double) queue.diskBytes(), nanos);
  }

  private static String word(SendResult result) {
    if (result instanceof SendResult.Delivered) {
      return "delivered";
    }
    if (result instanceof SendResult.Retry) {
      return "retry";
    }
    if (result instanceof SendResult.Paused) {
      return "paused";
    }
    return result instanceof SendResult.TooLarge ? "too_large" : "rejected";
  }

  private static String word(DeliveryState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
