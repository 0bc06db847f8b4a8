package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.RecordBinder;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives sources the keys of {@code settings} that stand for keys of theirs, where they have none.
 */
final class SettingsForSources {

  private final Map<String, Entry> inherited = new LinkedHashMap<>();

  SettingsForSources(Mapping settings) {
    for (String key :
        List.of("multiline_max_size", "multiline_max_byte_size", "multiline_flush_interval")) {
      inherit(settings, key, key);
    }
    inherit(settings, "source_discovery_interval", "discovery_interval");
    if (settings.get("persisting_cursor_settings").orElse(null) instanceof Mapping cursors) {
      inherit(cursors, "flush_interval", "cursor_flush_interval");
    }
  }

  private void inherit(Mapping settings, String key, String sourceKey) {
    Entry entry = settings.entries().get(key);
    if (entry != null
        && entry.value() instanceof Yaml.Scalar scalar
        && scalar.form() == Yaml.Form.TEXT) {
      inherited.put(sourceKey, new Entry(sourceKey, entry.position(), scalar));
    }
  }

  Mapping addTo(Mapping node, ComponentFactory<?> factory) {
    if (inherited.isEmpty() || !(factory instanceof SourceFactory<?>)) {
      return node;
    }
    List<String> known = RecordBinder.keysOf(factory.configType());
    Map<String, Entry> entries = new LinkedHashMap<>(node.entries());
    inherited.forEach(
        (key, entry) -> {
          if (known.contains(key)) {
            entries.putIfAbsent(key, entry);
          }
        });
    return new Mapping(node.position(), entries);
  }
}
