package io.forebay.agent.command;

import io.forebay.agent.rehearsal.Advice;
import io.forebay.agent.rehearsal.Figures;
import io.forebay.agent.rehearsal.Load;
import io.forebay.agent.rehearsal.Rehearsal.Result;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What {@code forebay rehearse} prints for programs; null is what does not come about. */
final class RehearsalJson {

  private RehearsalJson() {}

  static String of(Load load, List<Result> results) {
    return QueueJson.object(
        json -> {
          json.writeNumberProperty("outage_seconds", load.outage().toMillis() / 1000.0);
          json.writeNumberProperty("items_per_second", load.itemsPerSecond());
          json.writeNumberProperty("item_bytes", load.itemBytes());
          json.writeBooleanProperty(
              "nothing_lost", results.stream().allMatch(Result::losesNothing));
          json.writeArrayPropertyStart("destinations");
          for (Result result : results) {
            json.writeStartObject();
            destination(json, result);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void destination(JsonGenerator json, Result result) {
    Figures figures = result.figures();
    PersistentQueueSettings queue = result.settings().persistentQueue();
    json.writeStringProperty("node", result.node());
    json.writeStringProperty("type", result.type());
    if (queue == null) {
      json.writeNullProperty("mode");
      json.writeNullProperty("max_byte_size");
    } else {
      json.writeStringProperty("mode", queue.mode().name().toLowerCase(Locale.ROOT));
      json.writeNumberProperty("max_byte_size", queue.maxByteSize().bytes());
    }
    Long budget = result.budgetBytes();
    if (budget == null) {
      json.writeNullProperty("disk_budget_bytes");
    } else {
      json.writeNumberProperty("disk_budget_bytes", budget);
    }
    json.writeNumberProperty("divided_by", result.parts());
    json.writeNumberProperty("peak_disk_bytes", figures.peakDiskBytes());
    json.writeNumberProperty("peak_memory_items", figures.peakMemoryItems());
    json.writeNumberProperty("peak_memory_bytes", figures.peakMemoryBytes());
    json.writeObjectPropertyStart("dropped");
    new TreeMap<>(figures.dropped()).forEach(json::writeNumberProperty);
    json.writeEndObject();
    seconds(json, "first_drop_after_seconds", figures.firstDrop());
    json.writeNumberProperty("waiting_at_sources", figures.waitingAtSources());
    seconds(json, "waiting_after_seconds", figures.waitingFrom());
    seconds(json, "drained_after_seconds", figures.drained());
    json.writeBooleanProperty("drained_extrapolated", figures.extrapolated());
    Advice advice = result.advice();
    if (advice == null) {
      json.writeNullProperty("advice");
    } else {
      json.writeObjectPropertyStart("advice");
      json.writeNumberProperty("max_byte_size", advice.maxByteSize());
      Long diskBudget = advice.diskBudget();
      if (diskBudget != null) {
        json.writeNumberProperty("disk_budget_max_byte_size", diskBudget);
      }
      Integer drain = advice.drainRateLimit();
      if (drain != null) {
        json.writeNumberProperty("drain_rate_limit", drain);
      }
      Duration age = advice.maxAge();
      if (age != null) {
        json.writeStringProperty("max_age", age.toMinutes() + "m");
      }
      json.writeBooleanProperty("needs_persistent_queue", advice.needsQueue());
      seconds(json, "drained_after_seconds", advice.drained());
      json.writeEndObject();
    }
  }

  private static void seconds(JsonGenerator json, String name, @Nullable Duration duration) {
    if (duration == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, duration.toMillis() / 1000.0);
    }
  }
}
