package io.forebay.core.telemetry;

import static io.forebay.core.telemetry.MeterKind.COUNTER;
import static io.forebay.core.telemetry.MeterKind.GAUGE;
import static io.forebay.core.telemetry.MeterKind.TIMER;
import static io.forebay.core.telemetry.MeterTags.ED_NODE;
import static io.forebay.core.telemetry.MeterTags.NODE;
import static io.forebay.core.telemetry.MeterTags.NODE_REASON;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the agent. The names with {@code ed.} are Edge Delta's, so that its dashboards
 * read them; {@code docs/METRICS.md} is this list.
 */
public enum AgentMeter {
  BUFFER_DISK_BYTES(
      "ed.buffer.disk.bytes",
      GAUGE,
      "bytes",
      ED_NODE,
      "Bytes on disk that wait to be delivered; 0 in normal operation with mode error or backpressure."),
  NODE_READ_ITEMS("ed.pipeline.node.read_items", COUNTER, null, ED_NODE, "Items that came in."),
  NODE_READ_BYTES(
      "ed.pipeline.node.read_bytes",
      COUNTER,
      "bytes",
      ED_NODE,
      "Weight of the items that came in."),
  NODE_WRITE_ITEMS(
      "ed.pipeline.node.write_items",
      COUNTER,
      null,
      ED_NODE,
      "Items that went out: of a destination, those that the receiver acknowledged."),
  NODE_WRITE_BYTES(
      "ed.pipeline.node.write_bytes",
      COUNTER,
      "bytes",
      ED_NODE,
      "Weight of the items that went out."),
  BUFFER_TRUNCATIONS(
      "buffer.truncations",
      COUNTER,
      null,
      NODE,
      "Records lost because the queue was full and gives up what is oldest (overflow: drop_oldest)."),
  DROPPED_ITEMS(
      "forebay.dropped.items",
      COUNTER,
      null,
      NODE_REASON,
      "Items that ended here without being delivered, by reason."),
  DROPPED_BYTES("forebay.dropped.bytes", COUNTER, "bytes", NODE_REASON, "Weight of the same."),
  NODE_EVENTS(
      "forebay.node.events",
      COUNTER,
      null,
      List.of("node", "event"),
      "Things worth a count that lost no item, such as line_cut or regex_limit."),
  NODE_CREATED_ITEMS(
      "forebay.node.created.items",
      COUNTER,
      null,
      NODE,
      "Items that a processor made itself; read + created = written + dropped + returned + in hand."),
  NODE_RETURNED_ITEMS(
      "forebay.node.returned.items",
      COUNTER,
      null,
      NODE,
      "Items that a processor took in and that went back to their source, which offers them again."),
  UNACCOUNTED_ITEMS(
      "forebay.node.unaccounted.items",
      GAUGE,
      null,
      NODE,
      "Items that the node's books do not account for: 0, or a fault of the agent, which the log names."),
  NODE_HEALTHY(
      "forebay.node.healthy",
      GAUGE,
      null,
      NODE,
      "1 when the node works as it should: /health/ready gives no reason that names it."),
  CERTIFICATE_DAYS_LEFT(
      "forebay.certificate.days.left",
      GAUGE,
      null,
      NODE,
      "Days until the certificate that the node shows to others expires; below 0 when it has."),
  RECEIVED_ITEMS(
      "forebay.delivery.received.items",
      COUNTER,
      null,
      NODE,
      "Items taken over by the destination, with those found in its queue at start."),
  DELIVERED_ITEMS(
      "forebay.delivery.delivered.items",
      COUNTER,
      null,
      NODE,
      "Items that the receiver acknowledged."),
  DEAD_LETTERED_ITEMS(
      "forebay.delivery.dead_lettered.items",
      COUNTER,
      null,
      NODE,
      "Items that the receiver rejected, or that failed while others were delivered, and that are kept as dead letters."),
  GIVEN_UP_ITEMS(
      "forebay.delivery.dropped.items",
      COUNTER,
      null,
      NODE,
      "Items given up, all reasons together, so that received = delivered + dead_lettered + dropped + buffered."),
  BUFFERED_ITEMS(
      "forebay.delivery.buffered.items",
      GAUGE,
      null,
      NODE,
      "Items that are neither delivered nor given up: in memory and on disk."),
  MEMORY_ITEMS(
      "forebay.delivery.memory.items",
      GAUGE,
      null,
      NODE,
      "Items in memory and on no disk, those in flight included."),
  MEMORY_BYTES("forebay.delivery.memory.bytes", GAUGE, "bytes", NODE, "Weight of the same."),
  IN_FLIGHT_REQUESTS(
      "forebay.delivery.in_flight.requests", GAUGE, null, NODE, "Requests under way."),
  HELD_BACK_ITEMS(
      "forebay.delivery.held_back.items",
      GAUGE,
      null,
      NODE,
      "Items whose requests fail while others succeed: set aside or, with strict_ordering, in front of all that waits."),
  REQUESTS(
      "forebay.delivery.requests",
      TIMER,
      "seconds",
      List.of("node", "outcome"),
      "Requests that ended and how long they took; outcome is delivered, retry, paused, too_large or rejected."),
  RETRIED_ITEMS(
      "forebay.delivery.retried.items",
      COUNTER,
      null,
      NODE,
      "Items whose request failed and is sent again."),
  TRANSITIONS(
      "forebay.delivery.transitions",
      COUNTER,
      null,
      List.of("node", "to"),
      "Changes of the delivery's state, by the state entered."),
  STATE(
      "forebay.delivery.state",
      GAUGE,
      null,
      List.of("node", "state"),
      "1 for the state that the delivery is in (direct, spilling, draining, paused), else 0."),
  CIRCUIT_OPEN(
      "forebay.delivery.circuit.open",
      GAUGE,
      null,
      NODE,
      "1 while the circuit breaker holds requests back."),
  DRAIN_RATE(
      "forebay.queue.drain.rate",
      GAUGE,
      null,
      NODE,
      "Items a second at which the backlog goes out; 0 when it does not."),
  QUEUE_RECORDS("forebay.queue.records", GAUGE, null, NODE, "Records in the queue."),
  QUEUE_DISK_BYTES(
      "forebay.queue.disk.bytes",
      GAUGE,
      "bytes",
      NODE,
      "Real bytes of all files in the queue's directory."),
  QUEUE_MAX_BYTES("forebay.queue.max.bytes", GAUGE, "bytes", NODE, "The bound, max_byte_size."),
  QUEUE_OLDEST_AGE(
      "forebay.queue.oldest.age",
      GAUGE,
      "seconds",
      NODE,
      "Age of the oldest record; 0 when the queue is empty."),
  QUEUE_SECONDS_TO_FULL(
      "forebay.queue.time.to.full",
      GAUGE,
      "seconds",
      NODE,
      "Time until the queue is full at the rate of the last ten seconds; NaN when it does not grow."),
  QUEUE_SECONDS_TO_DRAINED(
      "forebay.queue.time.to.drained",
      GAUGE,
      "seconds",
      NODE,
      "Time until the queue is empty at the drain rate; 0 when it is, NaN when it does not drain."),
  QUEUE_DISK_FAILING(
      "forebay.queue.disk.failing",
      GAUGE,
      null,
      NODE,
      "1 while the queue's disk fails to write, to sync or to read."),
  QUEUE_SYNC(
      "forebay.queue.sync",
      TIMER,
      "seconds",
      NODE,
      "Syncs of the queue's data files and how long they took."),
  DISK_BUDGET(
      "forebay.disk.budget",
      GAUGE,
      "bytes",
      List.of(),
      "The bound over all queues and dead letters, settings.disk_budget.max_byte_size; +Inf where only min_free_bytes is set."),
  DISK_BUDGET_USED(
      "forebay.disk.budget.used",
      GAUGE,
      "bytes",
      List.of(),
      "Real bytes on disk of all queues, dead letters and orphaned queues."),
  DISK_BUDGET_FREE(
      "forebay.disk.budget.free",
      GAUGE,
      "bytes",
      List.of(),
      "What any queue may still take; what is set aside as other queues' shares is neither used nor free."),
  DISK_BUDGET_SPENT(
      "forebay.disk.budget.spent",
      GAUGE,
      null,
      List.of("limit"),
      "1 while a queue is refused space, for the limit max_byte_size or min_free_bytes of settings.disk_budget."),
  ORPHANED_QUEUE_RECORDS(
      "forebay.orphaned.queue.records",
      GAUGE,
      null,
      List.of(),
      "Records in queues on disk that no node owns: undelivered, and in nobody's hands."),
  ORPHANED_QUEUE_BYTES(
      "forebay.orphaned.queue",
      GAUGE,
      "bytes",
      List.of(),
      "Real bytes on disk of the same queues."),
  READY("forebay.ready", GAUGE, null, List.of(), "1 when /health/ready says so.");

  private final String meterName;
  private final MeterKind kind;
  private final @Nullable String unit;

  @SuppressWarnings("ImmutableEnumChecker") // always made by List.of
  private final List<String> tags;

  private final String description;

  AgentMeter(
      String meterName,
      MeterKind kind,
      @Nullable String unit,
      List<String> tags,
      String description) {
    this.meterName = meterName;
    this.kind = kind;
    this.unit = unit;
    this.tags = tags;
    this.description = description;
  }

  /** The name as Micrometer has it, with dots. */
  public String meterName() {
    return meterName;
  }

  public MeterKind kind() {
    return kind;
  }

  /** The base unit; null for a plain number. */
  public @Nullable String unit() {
    return unit;
  }

  /** The keys of its tags, in the order in which they are bound. */
  public List<String> tags() {
    return tags;
  }

  /** A sentence for people. */
  public String description() {
    return description;
  }
}
