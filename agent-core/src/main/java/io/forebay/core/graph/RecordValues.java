package io.forebay.core.graph;

import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks into a node's configuration for what means the same in every node type. */
final class RecordValues {

  private RecordValues() {}

  /** The value of the component with this name, when it is there and of this type. */
  static <T> Optional<T> named(Record config, String component, Class<T> type) {
    for (RecordComponent each : config.getClass().getRecordComponents()) {
      if (each.getName().equals(component)) {
        return Optional.ofNullable(value(config, each)).filter(type::isInstance).map(type::cast);
      }
    }
    return Optional.empty();
  }

  private static @Nullable Object value(Record config, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
