package io.forebay.agent.admin;

import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.disk.OrphanedQueue;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** Writes what the agent has on disk into its status. */
final class DiskJson {

  private DiskJson() {}

  static void write(JsonGenerator json, DiskStatus disk) {
    BudgetStatus budget = disk.budget();
    if (budget == null) {
      json.writeNullProperty("disk_budget");
    } else {
      budget(json, budget);
    }
    json.writeArrayPropertyStart("orphaned_queues");
    disk.orphans().forEach(orphan -> orphan(json, orphan));
    json.writeEndArray();
  }

  private static void orphan(JsonGenerator json, OrphanedQueue orphan) {
    json.writeStartObject();
    json.writeStringProperty("kind", orphan.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("node", orphan.node());
    json.writeStringProperty("type", orphan.type());
    json.writeStringProperty("directory", orphan.directory().toString());
    json.writeNumberProperty("records", orphan.records());
    json.writeNumberProperty("disk_bytes", orphan.diskBytes());
    if (orphan.oldestMillis() == 0) {
      json.writeNullProperty("oldest");
    } else {
      json.writeStringProperty("oldest", Instant.ofEpochMilli(orphan.oldestMillis()).toString());
    }
    json.writeEndObject();
  }

  private static void budget(JsonGenerator json, BudgetStatus budget) {
    json.writeObjectPropertyStart("disk_budget");
    bytes(json, "max_bytes", budget.maxBytes(), Long.MAX_VALUE);
    json.writeNumberProperty("used_bytes", budget.usedBytes());
    json.writeNumberProperty("set_aside_bytes", budget.setAsideBytes());
    bytes(json, "free_bytes", budget.freeBytes(), Long.MAX_VALUE);
    json.writeNumberProperty("min_free_bytes", budget.minFreeBytes());
    bytes(json, "volume_free_bytes", budget.volumeFreeBytes(), -1);
    BudgetStatus.Cause spent = budget.spent();
    if (spent == null) {
      json.writeNullProperty("spent");
    } else {
      json.writeStringProperty("spent", spent.name().toLowerCase(Locale.ROOT));
    }
    json.writeEndObject();
  }

  /** A size; null where there is none. */
  private static void bytes(JsonGenerator json, String name, long bytes, long none) {
    if (bytes == none) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, bytes);
    }
  }
}
