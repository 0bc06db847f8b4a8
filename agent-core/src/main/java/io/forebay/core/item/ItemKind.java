package io.forebay.core.item;

import java.util.Locale;

/** What kind of telemetry an item is: {@code _type} of its JSON form, in lower case. */
public enum ItemKind {
  LOG,
  METRIC,
  TRACE;

  private final String jsonName = name().toLowerCase(Locale.ROOT);

  public String jsonName() {
    return jsonName;
  }
}
