package io.forebay.core.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A configuration record, taken apart. */
final class RecordSchema {

  private static final ClassValue<RecordSchema> SCHEMAS =
      new ClassValue<>() {
        @Override
        protected RecordSchema computeValue(Class<?> type) {
          return new RecordSchema(type);
        }
      };

  private final Constructor<?> constructor;
  private final List<KeySchema> keys;

  private RecordSchema(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalStateException(type.getName() + " is no record");
    }
    List<KeySchema> found = new ArrayList<>();
    List<Class<?>> parameters = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      found.add(KeySchema.of(component));
      parameters.add(component.getType());
    }
    this.keys = List.copyOf(found);
    try {
      this.constructor = type.getDeclaredConstructor(parameters.toArray(new Class<?>[0]));
      // The records of a node type may be package-private.
      this.constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The schema of a record.
   *
   * @throws IllegalStateException when a component has no {@link Key} or a type that cannot be read
   */
  static RecordSchema of(Class<?> type) {
    return SCHEMAS.get(type);
  }

  /** In the order of the components. */
  List<KeySchema> keys() {
    return keys;
  }

  /**
   * Every key under which something is accepted, those of flattened records and aliases included.
   */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (KeySchema key : keys) {
      RecordSchema inner = key.flattened();
      names.addAll(inner == null ? key.names() : inner.names());
    }
    return names;
  }

  /** The key that is accepted under this name. */
  Optional<KeySchema> find(String name) {
    for (KeySchema key : keys) {
      RecordSchema inner = key.flattened();
      if (inner != null) {
        Optional<KeySchema> found = inner.find(name);
        if (found.isPresent()) {
          return found;
        }
      } else if (key.names().contains(name)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /**
   * Makes the record.
   *
   * @throws IllegalArgumentException when its constructor refuses the values
   */
  Record create(@Nullable Object[] values) {
    try {
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(constructor + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
