package io.forebay.source.net;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes configuration records of a few values; the other components get their defaults. */
public final class Records {

  private Records() {}

  /** Values are keyed by the component's name. */
  public static <R extends Record> R of(Class<R> type, Map<String, Object> values) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] arguments = new Object[components.length];
    int used = 0;
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      String name = components[i].getName();
      if (values.containsKey(name)) {
        arguments[i] = values.get(name);
        used++;
      } else {
        arguments[i] = read(types[i], components[i].getAnnotation(Key.class).defaultValue());
      }
    }
    if (used < values.size()) {
      throw new IllegalArgumentException("a key of " + values.keySet() + " is unknown");
    }
    try {
      return type.getConstructor(types).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object read(Class<?> type, String text) {
    if (type == List.class) {
      return List.of();
    }
    if (text.isEmpty()) {
      return type == int.class ? (Object) 0 : type == boolean.class ? false : null;
    }
    if (type == int.class) {
      return Integer.valueOf(text);
    }
    if (type == boolean.class) {
      return Boolean.valueOf(text);
    }
    if (type == DataSize.class) {
      return DataSize.parse(text);
    }
    if (type == Duration.class) {
      return Duration.parse("PT" + text);
    }
    if (type.isEnum()) {
      return Enum.valueOf((Class) type, text.toUpperCase(Locale.ROOT));
    }
    return text;
  }
}
