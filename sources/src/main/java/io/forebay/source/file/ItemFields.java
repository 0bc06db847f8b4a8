package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the items of one file have in common; the maps are shared by all of them. The path is the
 * one at which the file was found first, so that a rotation does not change what its lines are
 * known by.
 */
final class ItemFields {

  /** Fields with a time, for the items of one chunk. */
  record Stamped(
      long timestampMillis,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> attributes) {

    Item item(ByteSlice body) {
      return Item.log(timestampMillis, body, resource, attributes);
    }
  }

  private final Map<String, @Nullable Object> resource;
  private final Map<String, @Nullable Object> attributes;
  private final boolean ingestionTime;

  /**
   * @param ingestionTime whether each item tells when it was read
   * @param separateSource whether the path is in the resource as well
   */
  ItemFields(Path path, boolean ingestionTime, boolean separateSource) {
    Map<String, @Nullable Object> known = new LinkedHashMap<>();
    known.put("log.file.path", path.toString());
    known.put("log.file.name", String.valueOf(path.getFileName()));
    this.attributes = Collections.unmodifiableMap(known);
    this.resource = separateSource ? Map.of("log.file.path", path.toString()) : Map.of();
    this.ingestionTime = ingestionTime;
  }

  Stamped at(long nowMillis) {
    if (!ingestionTime) {
      return new Stamped(nowMillis, resource, attributes);
    }
    Map<String, @Nullable Object> stamped = new LinkedHashMap<>(attributes);
    stamped.put("ingestion_time", nowMillis);
    return new Stamped(nowMillis, resource, Collections.unmodifiableMap(stamped));
  }
}
