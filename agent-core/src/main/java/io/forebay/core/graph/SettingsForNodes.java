package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.RecordBinder;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives nodes the keys of {@code settings} that stand for keys of theirs, where they have none. */
final class SettingsForNodes {

  private final Map<String, Entry> forSources = new LinkedHashMap<>();
  private final Map<String, Entry> forDestinations = new LinkedHashMap<>();

  SettingsForNodes(Mapping settings) {
    for (String key :
        List.of("multiline_max_size", "multiline_max_byte_size", "multiline_flush_interval")) {
      inherit(settings, key, key, forSources);
    }
    inherit(settings, "source_discovery_interval", "discovery_interval", forSources);
    if (settings.get("persisting_cursor_settings").orElse(null) instanceof Mapping cursors) {
      inherit(cursors, "flush_interval", "cursor_flush_interval", forSources);
    }
    inherit(settings, "archive_flush_interval", "flush_interval", forDestinations);
    inherit(settings, "archive_max_byte_limit", "max_byte_limit", forDestinations);
  }

  private static void inherit(
      Mapping settings, String key, String nodeKey, Map<String, Entry> inherited) {
    Entry entry = settings.entries().get(key);
    if (entry != null
        && entry.value() instanceof Yaml.Scalar scalar
        && scalar.form() == Yaml.Form.TEXT) {
      inherited.put(nodeKey, new Entry(nodeKey, entry.position(), scalar));
    }
  }

  Mapping addTo(Mapping node, ComponentFactory<?> factory) {
    Map<String, Entry> inherited =
        factory instanceof SourceFactory<?>
            ? forSources
            : factory instanceof DestinationFactory<?> ? forDestinations : Map.of();
    if (inherited.isEmpty()) {
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
