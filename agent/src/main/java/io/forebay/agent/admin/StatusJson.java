package io.forebay.agent.admin;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.MissedQueue;
import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.PipelineStatus;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.LinkStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.telemetry.NodeTelemetry.Drops;
import io.forebay.queue.QueueStatistics;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes health and status as JSON. Names are in snake case and hold their unit; a value that is
 * not known is null; times are ISO 8601 in UTC.
 */
final class StatusJson {

  private static final JsonFactory JSON = new JsonFactory();

  private StatusJson() {}

  /** {@code {"status":"ready","reasons":[…]}}. */
  static byte[] health(String status, HealthReport health) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("status", status);
      reasons(json, health);
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return out.toByteArray();
  }

  /** The whole pipeline. */
  static byte[] status(String version, PipelineStatus status, HealthReport health, Instant now) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("version", version);
      json.writeStringProperty("state", word(status.state()));
      Instant startedAt = status.startedAt();
      instant(json, "started_at", startedAt);
      number(
          json,
          "uptime_seconds",
          startedAt == null ? 0 : Duration.between(startedAt, now).toMillis() / 1000.0);
      json.writeBooleanProperty("live", health.live());
      json.writeBooleanProperty("ready", health.ready());
      reasons(json, health);
      DiskJson.write(json, status.disk());
      json.writeArrayPropertyStart("nodes");
      for (NodeStatus node : status.nodes()) {
        node(json, node, status.disk().missed().get(node.name()));
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("links");
      for (LinkStatus link : status.links()) {
        json.writeStartObject();
        json.writeStringProperty("from", link.from());
        json.writeStringProperty("path", link.path());
        json.writeStringProperty("to", link.to());
        json.writeNumberProperty("items", link.items());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return out.toByteArray();
  }

  private static void reasons(JsonGenerator json, HealthReport health) {
    json.writeArrayPropertyStart("reasons");
    for (HealthReport.Reason reason : health.reasons()) {
      json.writeStartObject();
      json.writeStringProperty("node", reason.node());
      json.writeStringProperty("code", reason.code());
      json.writeStringProperty("message", reason.message());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void node(JsonGenerator json, NodeStatus node, @Nullable MissedQueue missed) {
    json.writeStartObject();
    json.writeStringProperty("name", node.name());
    json.writeStringProperty("type", node.type());
    json.writeStringProperty("kind", node.kind().word());
    text(json, "trouble", node.trouble());
    if (node.agentId() != null) {
      json.writeStringProperty("agent_id", node.agentId());
    }
    json.writeNumberProperty("read_items", node.readItems());
    json.writeNumberProperty("read_bytes", node.readBytes());
    number(json, "read_items_per_second", node.readItemsPerSecond());
    json.writeNumberProperty("write_items", node.writeItems());
    json.writeNumberProperty("write_bytes", node.writeBytes());
    number(json, "write_items_per_second", node.writeItemsPerSecond());
    json.writeObjectPropertyStart("drops");
    for (Map.Entry<String, Drops> drop : node.drops().entrySet()) {
      json.writeObjectPropertyStart(drop.getKey());
      json.writeNumberProperty("items", drop.getValue().items());
      json.writeNumberProperty("bytes", drop.getValue().bytes());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeObjectPropertyStart("events");
    node.events().forEach(json::writeNumberProperty);
    json.writeEndObject();
    DeliveryStatus delivery = node.delivery();
    if (delivery != null) {
      delivery(json, delivery, missed);
    }
    json.writeEndObject();
  }

  private static void delivery(
      JsonGenerator json, DeliveryStatus delivery, @Nullable MissedQueue missed) {
    DeliverySnapshot snapshot = delivery.snapshot();
    json.writeObjectPropertyStart("delivery");
    json.writeStringProperty("state", word(snapshot.state()));
    instant(json, "since", snapshot.since());
    text(json, "why", snapshot.why());
    text(json, "disk_trouble", snapshot.diskTrouble());
    text(json, "dead_letters_disk_trouble", snapshot.deadLetterTrouble());
    json.writeBooleanProperty("circuit_open", snapshot.circuitOpen());
    json.writeNumberProperty("received_items", snapshot.receivedItems());
    json.writeNumberProperty("received_bytes", snapshot.receivedBytes());
    json.writeNumberProperty("delivered_items", snapshot.deliveredItems());
    json.writeNumberProperty("delivered_bytes", snapshot.deliveredBytes());
    json.writeNumberProperty("dead_lettered_items", snapshot.deadLetteredItems());
    json.writeNumberProperty("dropped_items", snapshot.droppedItems());
    json.writeNumberProperty("buffered_items", snapshot.bufferedItems());
    json.writeNumberProperty("memory_items", snapshot.memoryItems());
    json.writeNumberProperty("memory_bytes", snapshot.memoryBytes());
    json.writeNumberProperty("in_flight_requests", snapshot.inFlightRequests());
    json.writeNumberProperty("held_back_items", snapshot.heldBack().items());
    number(json, "drain_items_per_second", snapshot.drainItemsPerSecond());
    number(json, "seconds_to_drained", delivery.secondsToDrained());
    number(json, "seconds_to_full", delivery.secondsToFull());
    instant(json, "last_progress", snapshot.lastProgress());
    QueueStatistics queue = snapshot.queue();
    if (queue == null) {
      json.writeNullProperty("queue");
    } else {
      queue(json, queue, delivery.truncations(), missed);
    }
    json.writeEndObject();
  }

  private static void queue(
      JsonGenerator json, QueueStatistics queue, long truncations, @Nullable MissedQueue missed) {
    json.writeObjectPropertyStart("queue");
    json.writeNumberProperty("records", queue.records());
    json.writeNumberProperty("backlog_bytes", queue.backlogBytes());
    json.writeNumberProperty("disk_bytes", queue.diskBytes());
    json.writeNumberProperty("max_bytes", queue.maxBytes());
    json.writeNumberProperty("segments", queue.segments());
    json.writeNumberProperty("next_sequence", queue.nextSequence());
    json.writeNumberProperty("frontier", queue.frontier());
    json.writeNumberProperty("leased", queue.leased());
    instant(
        json,
        "oldest",
        queue.oldestMillis() == 0 ? null : Instant.ofEpochMilli(queue.oldestMillis()));
    json.writeNumberProperty("truncations", truncations);
    json.writeBooleanProperty("disk_failing", queue.diskFailing());
    instant(
        json,
        "began_empty_at",
        missed == null ? null : Instant.ofEpochMilli(missed.missedMillis()));
    instant(
        json,
        "missed_queue_opened_at",
        missed == null ? null : Instant.ofEpochMilli(missed.openedMillis()));
    json.writeEndObject();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void text(JsonGenerator json, String name, @Nullable String value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  private static void instant(JsonGenerator json, String name, @Nullable Instant value) {
    text(json, name, value == null ? null : value.toString());
  }

  /** JSON has no NaN: what cannot be told is null. Three digits after the point are enough. */
  private static void number(JsonGenerator json, String name, double value) {
    if (Double.isFinite(value)) {
      json.writeNumberProperty(name, Math.round(value * 1000) / 1000.0);
    } else {
      json.writeNullProperty(name);
    }
  }
}
