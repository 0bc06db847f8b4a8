package io.forebay.core.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One component of a configuration record, as it is read.
 *
 * @param name the YAML key
 * @param type what the value is read into
 * @param nullable whether the component may be null
 * @param flattened the schema of the record whose keys stand among those around it, or null
 */
record KeySchema(
    String name, Key key, Type type, boolean nullable, @Nullable RecordSchema flattened) {

  static KeySchema of(RecordComponent component) {
    String where = component.getDeclaringRecord().getName() + "." + component.getName();
    Key key = component.getAnnotation(Key.class);
    if (key == null) {
      throw new IllegalStateException(where + " has no @Key");
    }
    Class<?> raw = component.getType();
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (raw.isPrimitive() && key.defaultValue().isEmpty() && !key.required()) {
      throw new IllegalStateException(where + " is primitive and has no default");
    }
    RecordSchema flattened = key.flattened() ? RecordSchema.of(raw) : null;
    String name = key.name().isEmpty() ? snakeCase(component.getName()) : key.name();
    return new KeySchema(name, key, component.getGenericType(), nullable, flattened);
  }

  /** The key and its aliases. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    names.add(name);
    names.addAll(List.of(key.aliases()));
    return names;
  }

  boolean holdsList() {
    return rawType(type) == List.class;
  }

  boolean holdsMap() {
    return rawType(type) == Map.class;
  }

  static Class<?> rawType(Type type) {
    if (type instanceof Class<?> plain) {
      return plain;
    }
    if (type instanceof ParameterizedType parameterized
        && parameterized.getRawType() instanceof Class<?> raw) {
      return raw;
    }
    throw new IllegalStateException("a configuration record may not hold " + type);
  }

  /** The last type argument: of a list its elements', of a map its values'. */
  static Type elementType(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      return arguments[arguments.length - 1];
    }
    throw new IllegalStateException("a configuration record may not hold a raw " + type);
  }

  static String snakeCase(String name) {
    StringBuilder out = new StringBuilder(name.length() + 8);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        out.append('_');
      }
      out.append(c);
    }
    return out.toString().toLowerCase(Locale.ROOT);
  }
}
