package io.forebay.core.graph;

import io.forebay.core.config.BindScope;
import io.forebay.core.config.Position;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns the deprecated {@code buffer_path}, {@code buffer_max_bytesize} and {@code buffer_ttl} of a
 * destination into the {@code persistent_queue} block that means the same.
 */
final class LegacyBuffer {

  private static final Map<String, String> SUCCESSORS =
      Map.of(
          "buffer_path", "path", "buffer_max_bytesize", "max_byte_size", "buffer_ttl", "max_age");

  private LegacyBuffer() {}

  static Mapping translate(Mapping node, BindScope scope) {
    List<Entry> legacy =
        node.entries().values().stream().filter(e -> SUCCESSORS.containsKey(e.key())).toList();
    if (legacy.isEmpty()) {
      return node;
    }
    Position first = legacy.get(0).position();
    Map<String, Entry> entries = new LinkedHashMap<>(node.entries());
    entries.keySet().removeAll(SUCCESSORS.keySet());
    Optional<Yaml> queue = node.get("persistent_queue");
    if (queue.isPresent()) {
      scope.error(
          first,
          "'" + legacy.get(0).key() + "' and 'persistent_queue' are both given",
          "keep persistent_queue, which replaces buffer_path, buffer_max_bytesize and buffer_ttl");
      return new Mapping(node.position(), entries);
    }
    Map<String, Entry> block = new LinkedHashMap<>();
    for (Entry entry : legacy) {
      String key = SUCCESSORS.getOrDefault(entry.key(), entry.key());
      block.put(key, new Entry(key, entry.position(), entry.value()));
    }
    entries.put(
        "persistent_queue", new Entry("persistent_queue", first, new Mapping(first, block)));
    scope.warning(
        first,
        "buffer_path, buffer_max_bytesize and buffer_ttl are deprecated; read as persistent_queue",
        "write persistent_queue with path, max_byte_size and max_age");
    return new Mapping(node.position(), entries);
  }
}
