package io.forebay.agent.admin;

import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.DiskStatus;
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
