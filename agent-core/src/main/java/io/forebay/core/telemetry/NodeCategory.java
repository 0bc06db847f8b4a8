package io.forebay.core.telemetry;

import java.util.Locale;

/** Where in a pipeline a node stands; a tag of its meters, in lower case. */
public enum NodeCategory {
  INPUT,
  PROCESSOR,
  OUTPUT;

  private final String word = name().toLowerCase(Locale.ROOT);

  public String word() {
    return word;
  }
}
