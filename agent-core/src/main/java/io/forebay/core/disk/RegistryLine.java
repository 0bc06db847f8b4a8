package io.forebay.core.disk;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** An entry of the registry as a line of JSON. */
final class RegistryLine {

  private static final JsonFactory JSON = new JsonFactory();

  private RegistryLine() {}

  static String of(QueueRegistry.Entry entry) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("directory", entry.directory().toString());
      json.writeStringProperty("kind", entry.kind().name().toLowerCase(Locale.ROOT));
      json.writeStringProperty("node", entry.node());
      json.writeStringProperty("type", entry.type());
      json.writeNumberProperty("opened_at", entry.openedMillis());
      if (!entry.seen()) {
        json.writeBooleanProperty("seen", false);
      }
      MissedQueue missed = entry.missed();
      if (missed != null) {
        json.writeNumberProperty("missed_at", missed.missedMillis());
        json.writeNumberProperty("missed_opened_at", missed.openedMillis());
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return out.toString();
  }

  /**
   * The entry of a line; null when it is none.
   *
   * @throws tools.jackson.core.JacksonException when it is no JSON
   * @throws java.nio.file.InvalidPathException when it names no path
   */
  static QueueRegistry.@Nullable Entry read(String line) {
    String directory = null;
    String kind = "";
    String node = "";
    String type = "";
    long openedMillis = 0;
    boolean seen = true;
    long missedMillis = 0;
    long missedOpenedMillis = 0;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          String text = parser.getString();
          switch (name) {
            case "directory" -> directory = text;
            case "kind" -> kind = text;
            case "node" -> node = text;
            case "type" -> type = text;
            default -> {}
          }
        } else if (value == JsonToken.VALUE_NUMBER_INT) {
          switch (name) {
            case "opened_at" -> openedMillis = parser.getLongValue();
            case "missed_at" -> missedMillis = parser.getLongValue();
            case "missed_opened_at" -> missedOpenedMillis = parser.getLongValue();
            default -> {}
          }
        } else if (value == JsonToken.VALUE_FALSE && name.equals("seen")) {
          seen = false;
        } else {
          parser.skipChildren();
        }
      }
    }
    if (directory == null) {
      return null;
    }
    OwnedQueue.Kind what =
        kind.equals("dead_letters") ? OwnedQueue.Kind.DEAD_LETTERS : OwnedQueue.Kind.QUEUE;
    return new QueueRegistry.Entry(
        what,
        node,
        type,
        Path.of(directory),
        openedMillis,
        seen,
        missedMillis == 0 ? null : new MissedQueue(missedOpenedMillis, missedMillis));
  }
}
