package io.forebay.core.item;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the encoding that {@link ItemEncoder} writes. Bounded in depth and number length; thread
 * safe.
 */
public final class ItemDecoder {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(128)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private ItemDecoder() {}

  /**
   * Decodes one line. Never fails: what is not an item's JSON becomes a log item with the line as
   * its body and no timestamp (0).
   */
  public static Item decode(ByteSlice line) {
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), line.array(), line.offset(), line.length())) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return readItem(parser);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // Falls through to the raw form: a queue may hold a record that no ItemEncoder wrote.
    }
    return Item.log(0, line, Map.of(), Map.of());
  }

  private static Item readItem(JsonParser parser) {
    ItemKind kind = ItemKind.LOG;
    long timestampMillis = 0;
    ByteSlice body = ByteSlice.EMPTY;
    String severity = null;
    Map<String, @Nullable Object> resource = Map.of();
    Map<String, @Nullable Object> attributes = Map.of();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "_type" -> kind = kindOf(parser.getString());
        case "timestamp" -> timestampMillis = parser.getLongValue();
        case "body" -> body = ByteSlice.utf8(parser.getString());
        case "body_base64" -> body = ByteSlice.of(parser.getBinaryValue());
        case "severity_text" -> severity = parser.getString();
        case "resource" -> resource = readMap(parser);
        case "attributes" -> attributes = readMap(parser);
        default -> parser.skipChildren();
      }
    }
    return new Item(kind, timestampMillis, body, severity, resource, attributes);
  }

  private static ItemKind kindOf(String name) {
    for (ItemKind kind : ItemKind.values()) {
      if (kind.jsonName().equals(name)) {
        return kind;
      }
    }
    return ItemKind.LOG;
  }

  private static Map<String, @Nullable Object> readMap(JsonParser parser) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("not an object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      map.put(name, readValue(parser));
    }
    return map;
  }

  private static @Nullable Object readValue(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? parser.getBigIntegerValue()
              : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case START_OBJECT -> readMap(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(readValue(parser));
        }
        yield list;
      }
      default -> parser.getString();
    };
  }
}
