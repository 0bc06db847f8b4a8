package io.forebay.agent.command;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.config.KeyDescription;
import io.forebay.core.graph.NodeKind;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Node types and their keys as JSON, for editors and other programs. */
final class NodeTypeJson {

  private static final JsonFactory JSON = new JsonFactory();

  private NodeTypeJson() {}

  /** An array with an object a type. Ends with a line feed. */
  static String write(Collection<? extends ComponentFactory<?>> factories) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      for (ComponentFactory<?> factory : factories) {
        json.writeStartObject();
        json.writeStringProperty("type", factory.type());
        json.writeStringProperty("kind", NodeKind.of(factory).word());
        json.writeStringProperty("summary", factory.summary());
        strings(json, "aliases", factory.aliases().stream().sorted().toList());
        strings(json, "paths", factory.paths().stream().sorted().toList());
        json.writeName("keys");
        keys(json, KeyDescription.of(factory.configType()));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeRaw('\n');
    }
    return out.toString();
  }

  private static void keys(JsonGenerator json, List<KeyDescription> keys) {
    json.writeStartArray();
    for (KeyDescription key : keys) {
      json.writeStartObject();
      json.writeStringProperty("name", key.name());
      json.writeStringProperty("type", key.type());
      json.writeBooleanProperty("required", key.required());
      if (key.defaultValue().isEmpty()) {
        json.writeNullProperty("default");
      } else {
        json.writeStringProperty("default", key.defaultValue());
      }
      strings(json, "aliases", key.aliases());
      json.writeStringProperty("meaning", key.meaning());
      if (!key.nested().isEmpty()) {
        json.writeName("keys");
        keys(json, key.nested());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }
}
