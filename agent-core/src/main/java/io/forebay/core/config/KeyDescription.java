package io.forebay.core.config;

import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a key is, for people: made of the record that reads it, so that it cannot be out of date.
 *
 * @param type what may stand behind it, in words: {@code whole number, at least 1}
 * @param defaultValue as it would be written; empty when there is none
 * @param aliases other names under which it is accepted
 * @param meaning a sentence, units included
 * @param nested keys of the block behind it, or of each block of a list; empty for single values
 */
public record KeyDescription(
    String name,
    String type,
    String defaultValue,
    boolean required,
    List<String> aliases,
    String meaning,
    List<KeyDescription> nested) {

  private static final Map<Class<?>, String> WORDS =
      Map.ofEntries(
          Map.entry(String.class, "text"),
          Map.entry(Secret.class, "secret text"),
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(int.class, "whole number"),
          Map.entry(Integer.class, "whole number"),
          Map.entry(long.class, "whole number"),
          Map.entry(Long.class, "whole number"),
          Map.entry(double.class, "number"),
          Map.entry(Double.class, "number"),
          Map.entry(DataSize.class, "size"),
          Map.entry(Duration.class, "duration"),
          Map.entry(Path.class, "path"),
          Map.entry(URI.class, "URL"),
          Map.entry(Pattern.class, "regular expression"));

  public KeyDescription {
    aliases = List.copyOf(aliases);
    nested = List.copyOf(nested);
  }

  /**
   * The keys that are read into a record, flattened ones in their place.
   *
   * @throws IllegalStateException when a component has no {@link Key} or a type that cannot be read
   */
  public static List<KeyDescription> of(Class<? extends Record> type) {
    List<KeyDescription> descriptions = new ArrayList<>();
    addTo(descriptions, RecordSchema.of(type));
    return descriptions;
  }

  private static void addTo(List<KeyDescription> descriptions, RecordSchema schema) {
    for (KeySchema key : schema.keys()) {
      RecordSchema inner = key.flattened();
      if (inner != null) {
        addTo(descriptions, inner);
        continue;
      }
      descriptions.add(
          new KeyDescription(
              key.name(),
              words(key.type()) + range(key),
              key.key().defaultValue(),
              key.key().required(),
              List.of(key.key().aliases()),
              key.key().value(),
              nested(key.type())));
    }
  }

  private static List<KeyDescription> nested(Type type) {
    Class<?> raw = KeySchema.rawType(type);
    if (raw == List.class || raw == Map.class) {
      return nested(KeySchema.elementType(type));
    }
    return isBlock(raw) ? of(raw.asSubclass(Record.class)) : List.of();
  }

  private static boolean isBlock(Class<?> type) {
    return type.isRecord()
        && !ScalarReader.reads(type)
        && Arrays.stream(type.getRecordComponents())
            .allMatch(component -> component.isAnnotationPresent(Key.class));
  }

  private static String words(Type type) {
    Class<?> raw = KeySchema.rawType(type);
    String known = WORDS.get(raw);
    if (known != null) {
      return known;
    }
    if (raw.isEnum()) {
      return "one of " + String.join(", ", ScalarReader.constantsOf(raw));
    }
    if (raw == List.class) {
      return "list of " + plural(words(KeySchema.elementType(type)));
    }
    if (raw == Map.class) {
      return "block of names, each with " + words(KeySchema.elementType(type));
    }
    if (isBlock(raw)) {
      return "block";
    }
    if (raw.isRecord()) {
      return KeySchema.snakeCase(raw.getSimpleName()).replace('_', ' ').strip();
    }
    throw new IllegalStateException("a configuration record may not hold " + type);
  }

  private static String plural(String words) {
    if (words.equals("text") || words.startsWith("one of") || words.startsWith("list")) {
      return words;
    }
    return words + "s";
  }

  private static String range(KeySchema key) {
    boolean low = key.key().min() != Long.MIN_VALUE;
    boolean high = key.key().max() != Long.MAX_VALUE;
    if (low && high) {
      return " from " + bound(key, key.key().min()) + " to " + bound(key, key.key().max());
    }
    if (low) {
      return ", at least " + bound(key, key.key().min());
    }
    return high ? ", at most " + bound(key, key.key().max()) : "";
  }

  private static String bound(KeySchema key, long value) {
    if (key.type() == DataSize.class) {
      return DataSize.ofBytes(Math.max(0, value)).toString();
    }
    return key.type() == Duration.class
        ? GoDuration.format(Duration.ofMillis(value))
        : Long.toString(value);
  }
}
