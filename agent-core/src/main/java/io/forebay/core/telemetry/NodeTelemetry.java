package io.forebay.core.telemetry;

import io.forebay.core.component.NodeListener;
import io.forebay.core.graph.NodeKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one node: what passed through it, what ended in it, and whether it works. Thread
 * safe; the cost is paid once a batch.
 */
public final class NodeTelemetry implements NodeListener {

  /** Names that a node may invent at most; a bound on meters, since each name makes one. */
  private static final int MAX_WORDS = 100;

  private static final String OTHER = "other";

  private static final long MILLIS_A_DAY = Duration.ofDays(1).toMillis();

  private final String name;
  private final String type;
  private final NodeKind kind;
  private final Meters meters;
  private final Clock clock;
  private final LongAdder readItems = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder writeItems = new LongAdder();
  private final LongAdder writeBytes = new LongAdder();
  private final LongAdder createdItems = new LongAdder();
  private final LongAdder returnedItems = new LongAdder();
  private final RateWindow readRate = new RateWindow();
  private final RateWindow writeRate = new RateWindow();
  private final ConcurrentMap<String, Amount> dropped = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LongAdder> events = new ConcurrentHashMap<>();

  private final AtomicReference<@Nullable Instant> certificateEnd = new AtomicReference<>();

  // Two voices: the node's own, and what the runtime sees of it from outside.
  private volatile @Nullable String ownTrouble;
  private volatile @Nullable String seenTrouble;
  private volatile long unaccountedItems;
  private volatile @Nullable String agentId;
  private volatile BooleanSupplier well = () -> true;

  /** A number of items and their weight in bytes. */
  public record Drops(long items, long bytes) {}

  private record Amount(LongAdder items, LongAdder bytes) {}

  NodeTelemetry(String name, String type, NodeKind kind, Meters meters, Clock clock) {
    this.name = name;
    this.type = type;
    this.kind = kind;
    this.meters = meters;
    this.clock = clock;
    counter(AgentMeter.NODE_READ_ITEMS, readItems);
    counter(AgentMeter.NODE_READ_BYTES, readBytes);
    counter(AgentMeter.NODE_WRITE_ITEMS, writeItems);
    counter(AgentMeter.NODE_WRITE_BYTES, writeBytes);
    if (kind == NodeKind.PROCESSOR) {
      meters.counter(AgentMeter.NODE_CREATED_ITEMS, createdItems::sum, name);
      meters.counter(AgentMeter.NODE_RETURNED_ITEMS, returnedItems::sum, name);
    }
    meters.gauge(AgentMeter.UNACCOUNTED_ITEMS, () -> unaccountedItems, name);
    meters.gauge(AgentMeter.NODE_HEALTHY, () -> isHealthy() ? 1 : 0, name);
  }

  private void counter(AgentMeter meter, LongAdder value) {
    meters.counter(meter, value::sum, edTags());
  }

  String[] edTags() {
    return new String[] {name, type, category()};
  }

  public String name() {
    return name;
  }

  public String type() {
    return type;
  }

  public NodeKind kind() {
    return kind;
  }

  /** The kind in Edge Delta's words. */
  private String category() {
    return switch (kind) {
      case SOURCE -> "input";
      case PROCESSOR -> "processor";
      case DESTINATION -> "output";
    };
  }

  /** Counts a batch that came in. */
  public void onRead(long items, long bytes) {
    readItems.add(items);
    readBytes.add(bytes);
  }

  /** Counts a batch that went out. */
  public void onWritten(long items, long bytes) {
    writeItems.add(items);
    writeBytes.add(bytes);
  }

  /** Counts items that were taken in and went back to their source. */
  public void onReturned(long items) {
    returnedItems.add(items);
  }

  @Override
  public void onCreated(long items) {
    createdItems.add(items);
  }

  /** Says how many items the books of the node do not account for; 0 when they balance. */
  public void unaccounted(long items) {
    unaccountedItems = items;
  }

  @Override
  public void onDropped(String reason, long items, long bytes) {
    Amount amount = dropped.get(reason);
    if (amount == null) {
      amount = dropped.computeIfAbsent(bounded(reason, dropped.size()), this::newAmount);
    }
    amount.items.add(items);
    amount.bytes.add(bytes);
  }

  @Override
  public void onEvent(String event, long count) {
    LongAdder counter = events.get(event);
    if (counter == null) {
      counter = events.computeIfAbsent(bounded(event, events.size()), this::newEvent);
    }
    counter.add(count);
  }

  private static String bounded(String word, int known) {
    return known < MAX_WORDS ? word : OTHER;
  }

  private Amount newAmount(String reason) {
    Amount amount = new Amount(new LongAdder(), new LongAdder());
    meters.counter(AgentMeter.DROPPED_ITEMS, amount.items::sum, name, reason);
    meters.counter(AgentMeter.DROPPED_BYTES, amount.bytes::sum, name, reason);
    return amount;
  }

  private LongAdder newEvent(String event) {
    LongAdder counter = new LongAdder();
    meters.counter(AgentMeter.NODE_EVENTS, counter::sum, name, event);
    return counter;
  }

  @Override
  public void onUnhealthy(String why) {
    ownTrouble = why;
  }

  @Override
  public void onHealthy() {
    ownTrouble = null;
  }

  @Override
  public void onCertificate(Instant notAfter) {
    if (certificateEnd.getAndSet(notAfter) == null) {
      meters.gauge(AgentMeter.CERTIFICATE_DAYS_LEFT, this::certificateDaysLeft, name);
    }
  }

  private double certificateDaysLeft() {
    Instant end = certificateEnd.get();
    return end == null
        ? Double.NaN
        : Duration.between(clock.instant(), end).toMillis() / (double) MILLIS_A_DAY;
  }

  @Override
  public void onAgentId(String id) {
    agentId = id;
  }

  /** The id that the node gives to others as the agent's; null where it gives none. */
  public @Nullable String agentId() {
    return agentId;
  }

  /** Has the health of the node decided by more than what troubles it itself. */
  public void judgedBy(BooleanSupplier isWell) {
    well = isWell;
  }

  private boolean isHealthy() {
    return trouble() == null && well.getAsBoolean();
  }

  /** Says what the runtime sees of the node from outside; null when nothing is wrong. */
  public void seen(@Nullable String trouble) {
    seenTrouble = trouble;
  }

  /** Why the node does not work as it should, for people; null when it does. */
  public @Nullable String trouble() {
    String seen = seenTrouble;
    return seen != null ? seen : ownTrouble;
  }

  public long readItems() {
    return readItems.sum();
  }

  /** Items that the node made itself. */
  public long createdItems() {
    return createdItems.sum();
  }

  /** Items that went back to their source. */
  public long returnedItems() {
    return returnedItems.sum();
  }

  /** Items that the books do not account for. */
  public long unaccountedItems() {
    return unaccountedItems;
  }

  public long readBytes() {
    return readBytes.sum();
  }

  public long writeItems() {
    return writeItems.sum();
  }

  public long writeBytes() {
    return writeBytes.sum();
  }

  /** Items a second of the last ten seconds. */
  public double readItemsPerSecond() {
    return readRate.perSecond();
  }

  /** Items a second of the last ten seconds. */
  public double writeItemsPerSecond() {
    return writeRate.perSecond();
  }

  /** What ended here, by reason; a copy. */
  public SortedMap<String, Drops> drops() {
    SortedMap<String, Drops> copy = new TreeMap<>();
    dropped.forEach((word, sum) -> copy.put(word, new Drops(sum.items.sum(), sum.bytes.sum())));
    return copy;
  }

  /** Counts of events by name; a copy. */
  public SortedMap<String, Long> events() {
    SortedMap<String, Long> copy = new TreeMap<>();
    for (Map.Entry<String, LongAdder> entry : events.entrySet()) {
      copy.put(entry.getKey(), entry.getValue().sum());
    }
    return copy;
  }

  void sample(long nanos) {
    readRate.sample((double) readItems.sum(), nanos);
    writeRate.sample((double) writeItems.sum(), nanos);
  }
}
