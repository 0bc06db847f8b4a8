package io.forebay.destination.encoding;

import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes each item as an event of Splunk's HTTP Event Collector:
 *
 * <pre>
 * {"time":1735789700.001,"host":"…","source":"…","sourcetype":"…","index":"…","fields":{…},"event":"…"}
 * </pre>
 *
 * one after the other with a line feed between them. Fields are flat there, so maps are flattened
 * with points; a list of lists or maps is a text of JSON.
 */
final class SplunkEventWriter implements BodyWriter {

  /** Deeper maps are texts of JSON, so that a crafted value cannot exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  private static final byte[] TIME = ascii("\"time\":");
  private static final byte[] EVENT = ascii("\"event\":");
  private static final byte[] BASE64 = ascii("{\"body_base64\":\"");

  /** Where Splunk's own keys come from, the first that there is: names of OpenTelemetry. */
  private static final Map<String, List<String>> OWN_KEYS = ownKeys();

  private @Nullable Map<String, @Nullable Object> lastResource;
  private @Nullable Map<String, @Nullable Object> lastAttributes;
  private @Nullable String lastSeverity;
  private byte[] lastMetadata = new byte[0];

  @Override
  public void write(List<Item> items, EncodedLines out) {
    for (int i = 0; i < items.size(); i++) {
      write(items.get(i), out);
    }
  }

  private void write(Item item, EncodedLines out) {
    out.write((byte) '{');
    long time = item.timestampMillis();
    if (time > 0) {
      out.write(TIME);
      out.writeLong(time / 1000);
      out.write((byte) '.');
      out.write((byte) ('0' + time / 100 % 10));
      out.write((byte) ('0' + time / 10 % 10));
      out.write((byte) ('0' + time % 10));
      out.write((byte) ',');
    }
    writeMetadata(item, out);
    out.write(EVENT);
    if (!JsonValues.writeUtf8(item.body(), out)) {
      out.write(BASE64);
      out.write(Base64.getEncoder().encode(item.body().toByteArray()));
      out.write((byte) '"');
      out.write((byte) '}');
    }
    out.write((byte) '}');
    out.write((byte) '\n');
    out.endLine();
  }

  /** The items of a source share their maps by reference, so most of the time this is a copy. */
  @SuppressWarnings("ReferenceEquality") // the same map: comparing would cost what encoding does
  private void writeMetadata(Item item, EncodedLines out) {
    String severity = item.severityText();
    if (item.resource() == lastResource
        && item.attributes() == lastAttributes
        && Objects.equals(severity, lastSeverity)) {
      out.write(lastMetadata);
      return;
    }
    int start = out.size();
    Map<String, Object> fields = new LinkedHashMap<>();
    flatten("", item.resource(), fields, 0);
    flatten("", item.attributes(), fields, 0);
    if (severity != null) {
      fields.put("severity_text", severity);
    }
    OWN_KEYS.forEach((key, names) -> writeOwnKey(key, names, fields, out));
    if (!fields.isEmpty()) {
      JsonValues.writeString("fields", out);
      out.write((byte) ':');
      JsonValues.write(fields, out);
      out.write((byte) ',');
    }
    lastMetadata = Arrays.copyOfRange(out.array(), start, out.size());
    lastResource = item.resource();
    lastAttributes = item.attributes();
    lastSeverity = severity;
  }

  private static void writeOwnKey(
      String key, List<String> names, Map<String, Object> fields, EncodedLines out) {
    for (String name : names) {
      if (fields.get(name) instanceof String text && !text.isEmpty()) {
        fields.remove(name);
        JsonValues.writeString(key, out);
        out.write((byte) ':');
        JsonValues.writeString(text, out);
        out.write((byte) ',');
        return;
      }
    }
  }

  private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> fields, int depth) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String name = prefix + entry.getKey();
      Object value = entry.getValue();
      if (value instanceof Map<?, ?> inner && depth < MAX_DEPTH) {
        flatten(name + ".", inner, fields, depth + 1);
      } else if (value instanceof Map<?, ?>
          || (value instanceof List<?> list && !holdsTextsAlone(list))) {
        EncodedLines json = new EncodedLines(64);
        JsonValues.write(value, json);
        fields.put(name, new String(json.array(), 0, json.size(), StandardCharsets.UTF_8));
      } else if (value instanceof Double number && !Double.isFinite(number)) {
        fields.put(name, number.toString());
      } else if (value != null) {
        fields.put(name, value);
      }
    }
  }

  private static boolean holdsTextsAlone(List<?> list) {
    for (Object element : list) {
      if (!(element instanceof String)) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, List<String>> ownKeys() {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    keys.put("host", List.of("com.splunk.host", "host.name"));
    keys.put("source", List.of("com.splunk.source", "log.file.path"));
    keys.put("sourcetype", List.of("com.splunk.sourcetype"));
    keys.put("index", List.of("com.splunk.index"));
    return keys;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
