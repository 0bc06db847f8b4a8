package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.SourceFactory;
import java.util.Locale;

/** Where a node stands in the graph. */
public enum NodeKind {
  SOURCE,
  PROCESSOR,
  DESTINATION;

  /** The word for people: {@code source}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of the nodes that a factory makes. */
  public static NodeKind of(ComponentFactory<?> factory) {
    if (factory instanceof SourceFactory<?>) {
      return SOURCE;
    }
    return factory instanceof DestinationFactory<?> ? DESTINATION : PROCESSOR;
  }

  /** The kind that the name of an unknown type speaks of. */
  static NodeKind guess(String type) {
    if (type.contains("_input")) {
      return SOURCE;
    }
    return type.contains("_output") ? DESTINATION : PROCESSOR;
  }
}
