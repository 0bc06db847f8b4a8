package io.forebay.core.config;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks of YAML into records whose components carry {@link Key}. Goes on after a problem, so
 * that all problems of a block are found at once.
 */
public final class RecordBinder {

  private final BindScope scope;

  public RecordBinder(BindScope scope) {
    this.scope = scope;
  }

  /** Every key that a record of this type accepts, aliases and flattened ones included. */
  public static List<String> keysOf(Class<?> type) {
    return RecordSchema.of(type).names();
  }

  /**
   * Reads a block.
   *
   * @param block the key before the block, {@code node} for a node itself; decides which keys of
   *     Edge Delta are known to mean nothing
   * @param handled keys of the block that somebody else reads
   * @return the record, or null after its problems were reported
   * @throws IllegalStateException when the record is not made as {@link Key} says
   */
  public <R extends Record> @Nullable R bind(
      Class<R> type, Yaml.Mapping mapping, String block, Set<String> handled) {
    RecordSchema schema = RecordSchema.of(type);
    boolean allKnown = reportUnknown(schema, mapping, block, handled);
    Record made = create(schema, mapping, allKnown);
    return allKnown ? type.cast(made) : null;
  }

  private boolean reportUnknown(
      RecordSchema schema, Yaml.Mapping mapping, String block, Set<String> handled) {
    int before = scope.errors();
    Set<String> names = new LinkedHashSet<>(schema.names());
    names.addAll(handled);
    for (Yaml.Entry entry : mapping.entries().values()) {
      if (names.contains(entry.key())) {
        continue;
      }
      scope.problems().concealValueOf(entry);
      if (!scope.ignored().accept(block, entry, scope.node())) {
        scope.unknown(
            entry.position(), "unknown key " + Quoted.of(entry.key()), entry.key(), names);
      }
    }
    return scope.errors() == before;
  }

  private @Nullable Record create(RecordSchema schema, Yaml.Mapping mapping, boolean allKnown) {
    int before = scope.errors();
    List<KeySchema> keys = schema.keys();
    @Nullable Object[] values = new @Nullable Object[keys.size()];
    for (int i = 0; i < values.length; i++) {
      KeySchema key = keys.get(i);
      RecordSchema inner = key.flattened();
      values[i] = inner == null ? value(key, mapping) : create(inner, mapping, allKnown);
    }
    if (scope.errors() > before) {
      return null;
    }
    Record made;
    try {
      made = schema.create(values);
    } catch (IllegalArgumentException e) {
      scope.error(mapping.position(), String.valueOf(e.getMessage()), null);
      return null;
    }
    if (allKnown && made instanceof Validated validated) {
      validated.validate((name, what) -> complain(schema, mapping, name, what));
    }
    return scope.errors() > before ? null : made;
  }

  private void complain(RecordSchema schema, Yaml.Mapping mapping, String name, String what) {
    Position position = mapping.position();
    for (String written : schema.find(name).map(KeySchema::names).orElse(List.of(name))) {
      Yaml.Entry entry = mapping.entries().get(written);
      if (entry != null) {
        position = entry.position();
      }
    }
    scope.error(position, what, null);
  }

  private @Nullable Object value(KeySchema key, Yaml.Mapping mapping) {
    Yaml.@Nullable Entry found = null;
    for (String name : key.names()) {
      Yaml.Entry entry = mapping.entries().get(name);
      if (entry != null && found != null) {
        scope.error(
            entry.position(),
            Quoted.of(found.key()) + " and " + Quoted.of(name) + " are the same key",
            "keep one of them");
      } else if (entry != null) {
        found = entry;
      }
    }
    if (found == null || isNull(found.value())) {
      return missing(key, mapping);
    }
    return read(key.type(), found.value(), key, found.key());
  }

  private static boolean isNull(Yaml value) {
    return value instanceof Yaml.Scalar scalar && scalar.form() == Yaml.Form.NULL;
  }

  private @Nullable Object missing(KeySchema key, Yaml.Mapping mapping) {
    if (key.key().required()) {
      scope.error(
          mapping.position(), "key " + Quoted.of(key.name()) + " is missing", key.key().value());
      return null;
    }
    if (!key.key().defaultValue().isEmpty()) {
      return defaultOf(key);
    }
    if (key.holdsList()) {
      return List.of();
    }
    if (key.holdsMap()) {
      return Map.of();
    }
    Class<?> raw = KeySchema.rawType(key.type());
    if (raw.isRecord() && !key.nullable() && !ScalarReader.reads(raw)) {
      return create(RecordSchema.of(raw), Yaml.Mapping.empty(mapping.position()), true);
    }
    return null;
  }

  private Object defaultOf(KeySchema key) {
    SourceText source = new SourceText("default of " + key.name(), key.key().defaultValue());
    Problems problems = new Problems(source);
    BindScope inner =
        new BindScope(problems, null, scope.interpolation(), scope.ignored(), scope.blockReaders());
    Object value =
        YamlReader.read(source, problems)
            .map(yaml -> new RecordBinder(inner).read(key.type(), yaml, key, key.name()))
            .orElse(null);
    if (value == null || problems.hasErrors()) {
      throw new IllegalStateException(problems.render());
    }
    return value;
  }

  private @Nullable Object read(Type type, Yaml value, KeySchema key, String name) {
    Class<?> raw = KeySchema.rawType(type);
    BindScope.BlockReader<?> reader = scope.blockReaders().get(raw);
    if (reader != null) {
      return reader.read(value, scope);
    }
    if (raw == Secret.class) {
      scope.problems().conceal(value);
    }
    if (value instanceof Yaml.Scalar scalar && scalar.form() != Yaml.Form.TEXT) {
      scope.error(
          value.position(),
          "key " + Quoted.of(name) + " has no value",
          "give it one, or remove the key");
      return null;
    }
    if (raw == List.class) {
      return list(KeySchema.elementType(type), value, key, name);
    }
    if (ScalarReader.reads(raw)) {
      return scalar(raw, value, key, name);
    }
    if (!(value instanceof Yaml.Mapping mapping)) {
      scope.error(
          value.position(),
          "key " + Quoted.of(name) + " wants a block of keys, and this is " + value.kind(),
          raw.isRecord()
              ? "its keys are " + String.join(", ", RecordSchema.of(raw).names())
              : null);
      return null;
    }
    return raw == Map.class
        ? map(KeySchema.elementType(type), mapping, key)
        : bind(raw.asSubclass(Record.class), mapping, name, Set.of());
  }

  private List<Object> list(Type elementType, Yaml value, KeySchema key, String name) {
    List<Yaml> items = value instanceof Yaml.Sequence list ? list.items() : List.of(value);
    List<Object> elements = new ArrayList<>(items.size());
    for (Yaml item : items) {
      Object element = read(elementType, item, key, name);
      if (element != null) {
        elements.add(element);
      }
    }
    return List.copyOf(elements);
  }

  private Map<String, Object> map(Type elementType, Yaml.Mapping mapping, KeySchema key) {
    Map<String, Object> elements = new LinkedHashMap<>();
    for (Yaml.Entry entry : mapping.entries().values()) {
      Object element = read(elementType, entry.value(), key, entry.key());
      if (element != null) {
        elements.put(entry.key(), element);
      }
    }
    return Collections.unmodifiableMap(elements);
  }

  private @Nullable Object scalar(Class<?> raw, Yaml value, KeySchema key, String name) {
    if (!(value instanceof Yaml.Scalar scalar)) {
      scope.error(
          value.position(),
          "key " + Quoted.of(name) + " wants a single value, and this is " + value.kind(),
          null);
      return null;
    }
    Interpolation.Value resolved = scope.interpolation().resolve(scalar, scope);
    if (resolved == null) {
      return null;
    }
    try {
      return ScalarReader.read(raw, resolved, key.key());
    } catch (IllegalArgumentException e) {
      scope.error(scalar.position(), name + ": " + e.getMessage(), null);
      return null;
    }
  }
}
