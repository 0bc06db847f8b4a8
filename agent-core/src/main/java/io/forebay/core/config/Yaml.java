package io.forebay.core.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a YAML document holds, with the place of each part. Immutable. */
public sealed interface Yaml {

  /** Where this part begins. */
  Position position();

  /** What this part is, for people: {@code a block of keys}, {@code a list}, {@code text}. */
  String kind();

  /**
   * Keys with values, in the order of the file; each key stands once.
   *
   * @param entries by key
   */
  record Mapping(Position position, Map<String, Entry> entries) implements Yaml {

    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** A block without keys. */
    public static Mapping empty(Position position) {
      return new Mapping(position, Map.of());
    }

    /** The value of {@code key}, if it is there. */
    public Optional<Yaml> get(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /**
     * Where the value at the end of a path of keys stands; as near to it as the path leads, and so
     * this mapping's own place when not even its first key is there.
     */
    public Position locate(String... path) {
      Yaml at = this;
      for (String key : path) {
        if (!(at instanceof Mapping mapping) || !mapping.entries.containsKey(key)) {
          break;
        }
        at = mapping.entries.get(key).value();
      }
      return at.position();
    }

    @Override
    public String kind() {
      return "a block of keys";
    }
  }

  /** A key, the place of the key, and its value. */
  record Entry(String key, Position position, Yaml value) {}

  /** Values in order. */
  record Sequence(Position position, List<Yaml> items) implements Yaml {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * A single value.
   *
   * @param text as written, quotes and escapes undone, templates not yet replaced
   * @param form how it was written
   * @param lastLine the line on which it ends
   */
  record Scalar(Position position, String text, Form form, int lastLine) implements Yaml {

    @Override
    public String kind() {
      return switch (form) {
        case TEXT -> "a single value";
        case NULL -> "null";
        case NOTHING -> "nothing";
      };
    }

    /** Without the text, which may be secret. */
    @Override
    public String toString() {
      return "value at " + position;
    }
  }

  /** How a single value was written. */
  enum Form {
    TEXT,
    /** {@code null} or {@code ~}. */
    NULL,
    /** Nothing stands behind the key or dash. */
    NOTHING
  }
}
