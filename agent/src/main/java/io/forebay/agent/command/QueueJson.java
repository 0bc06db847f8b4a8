package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueRoom;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.queue.Damage;
import io.forebay.queue.QueueCheck;
import io.forebay.queue.QueueRepair;
import io.forebay.queue.QueueSummary;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What the commands on queues print for programs. Each text ends with a line feed. */
final class QueueJson {

  private static final JsonFactory JSON = new JsonFactory();

  private QueueJson() {}

  /** One object, filled by the caller. */
  static String object(Consumer<JsonGenerator> content) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return out.toString();
  }

  static String list(
      List<QueueStatus> queues, Function<QueueStatus, @Nullable QueueRoom> rooms, DiskTotal total) {
    return object(
        json -> {
          json.writeArrayPropertyStart("queues");
          for (QueueStatus queue : queues) {
            json.writeStartObject();
            status(json, queue);
            room(json, rooms.apply(queue));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberProperty("disk_bytes", total.diskBytes());
          BudgetStatus budget = total.budget();
          if (budget != null) {
            json.writeNumberProperty("disk_budget_bytes", budget.maxBytes());
            json.writeNumberProperty("disk_budget_left_bytes", budget.freeBytes());
            json.writeNumberProperty("disk_budget_set_aside_bytes", budget.setAsideBytes());
          }
        });
  }

  /** The properties of one queue. */
  static void status(JsonGenerator json, QueueStatus queue) {
    location(json, queue.location());
    state(json, queue.state());
    json.writeBooleanProperty("in_use", queue.holder().isPresent());
    if (queue.holder().isPresent()) {
      json.writeNumberProperty("pid", queue.holder().getAsLong());
    }
    String trouble = queue.trouble();
    if (trouble != null) {
      json.writeStringProperty("trouble", trouble);
    }
    note(json, queue);
    QueueSummary summary = queue.summary();
    if (summary != null) {
      summary(json, summary);
    }
  }

  /** What is to be known of a queue besides; nothing where there is nothing. */
  static void note(JsonGenerator json, QueueStatus queue) {
    String note = queue.note();
    if (note != null) {
      json.writeStringProperty("note", note);
    }
  }

  static void state(JsonGenerator json, QueueStatus.State state) {
    json.writeStringProperty("state", state.name().toLowerCase(Locale.ROOT));
  }

  /** The properties of what a queue can still take; none where nobody knows. */
  static void room(JsonGenerator json, @Nullable QueueRoom room) {
    if (room != null) {
      json.writeNumberProperty("left_bytes", room.bytes());
      json.writeStringProperty("left_until", room.bound());
    }
  }

  static void location(JsonGenerator json, QueueLocation location) {
    Kind kind = location.kind().isOrphan() ? Kind.ORPHAN : location.kind();
    json.writeStringProperty("kind", kind.name().toLowerCase(Locale.ROOT));
    if (!location.node().isEmpty()) {
      json.writeStringProperty("node", location.node());
    }
    json.writeStringProperty("directory", location.directory().toString());
  }

  private static void summary(JsonGenerator json, QueueSummary summary) {
    json.writeNumberProperty("records", summary.records());
    json.writeNumberProperty("backlog_bytes", summary.backlogBytes());
    json.writeNumberProperty("disk_bytes", summary.diskBytes());
    json.writeNumberProperty("segments", summary.segments());
    json.writeNumberProperty("frontier", summary.frontier());
    json.writeNumberProperty("next_sequence", summary.nextSequence());
    if (summary.oldestMillis() != 0) {
      json.writeNumberProperty("oldest_sequence", summary.oldestSequence());
      json.writeNumberProperty("oldest_at", summary.oldestMillis());
    }
    json.writeStringProperty("epoch", Long.toHexString(summary.epoch()));
    json.writeNumberProperty("truncated_below", summary.truncatedBelow());
    json.writeBooleanProperty("state_sound", summary.stateSound());
    json.writeNumberProperty("tail_bytes", summary.tailBytes());
    strings(json, "evidence", summary.evidence());
  }

  /** The properties of a check. */
  static void check(JsonGenerator json, QueueCheck check) {
    json.writeBooleanProperty("well", check.well());
    json.writeNumberProperty("frames", check.frames());
    json.writeNumberProperty("records", check.records());
    json.writeNumberProperty("undelivered", check.undelivered());
    json.writeNumberProperty("segment_bytes", check.segmentBytes());
    json.writeNumberProperty("tail_bytes", check.tailBytes());
    json.writeBooleanProperty("state_sound", check.stateSound());
    json.writeNumberProperty("damages", check.damages());
    json.writeNumberProperty("lost_records", check.lostRecords());
    json.writeArrayPropertyStart("listed");
    check.listed().forEach(damage -> damage(json, damage));
    json.writeEndArray();
  }

  /** The properties of a repair. */
  static void repair(JsonGenerator json, QueueRepair.Outcome outcome) {
    json.writeBooleanProperty("needed", outcome.needed());
    json.writeNumberProperty("lost_records", outcome.lostRecords());
    json.writeBooleanProperty("state_lost", outcome.stateLost());
    json.writeBooleanProperty("state_foreign", outcome.stateForeign());
    json.writeArrayPropertyStart("damages");
    outcome.damages().forEach(damage -> damage(json, damage));
    json.writeEndArray();
    strings(json, "evidence", outcome.evidence().stream().map(Path::toString).toList());
  }

  static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private static void damage(JsonGenerator json, Damage damage) {
    json.writeStartObject();
    json.writeStringProperty("file", damage.file().toString());
    json.writeNumberProperty("offset", damage.offset());
    json.writeNumberProperty("bytes", damage.bytes());
    json.writeNumberProperty("from_sequence", damage.fromSequence());
    json.writeNumberProperty("to_sequence", damage.toSequence());
    json.writeNumberProperty("undelivered", damage.undelivered());
    json.writeStringProperty("what", damage.what());
    json.writeEndObject();
  }
}
