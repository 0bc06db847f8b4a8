package io.forebay.core.item;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes items in the one encoding that queues, wires and files share: a JSON object a line,
 *
 * <pre>
 * {"_type":"log","timestamp":1735789700000,"body":"…","severity_text":"…","resource":{…},"attributes":{…}}
 * </pre>
 *
 * with the timestamp in milliseconds since the epoch and a line feed at the end. Fields without a
 * value are left out. A body that is not well-formed UTF-8 travels as {@code "body_base64"}, so
 * that no byte is altered.
 *
 * <p>Not thread safe: it remembers the last encoded resource and attributes, which a source's items
 * tend to share.
 */
public final class ItemEncoder {

  private static final byte[] TYPE = ascii("{\"_type\":\"");
  private static final byte[] TIMESTAMP = ascii("\",\"timestamp\":");
  private static final byte[] BODY = ascii(",\"body\":");
  private static final byte[] BODY_BASE64 = ascii(",\"body_base64\":\"");
  private static final byte[] SEVERITY = ascii(",\"severity_text\":");
  private static final byte[] RESOURCE = ascii(",\"resource\":");
  private static final byte[] ATTRIBUTES = ascii(",\"attributes\":");
  private static final byte[] END = {'}', '\n'};

  private final Beginning beginning = new Beginning();
  private final Ending ending = new Ending();

  /** Appends the item's line, copying it where the item was made of one. */
  public void encode(Item item, EncodedLines out) {
    ByteSlice line = item.encoded();
    if (line != null) {
      out.addLine(line);
      return;
    }
    beginning.write(item, out);
    writeBody(item.body(), out);
    ending.write(item, out);
    out.endLine();
  }

  /** Appends the lines of all items. */
  public void encodeAll(List<Item> items, EncodedLines out) {
    for (int i = 0; i < items.size(); i++) {
      encode(items.get(i), out);
    }
  }

  private static void writeBody(ByteSlice body, EncodedLines out) {
    int before = out.size();
    out.write(BODY);
    if (!JsonStrings.writeUtf8(out, body.array(), body.offset(), body.length())) {
      out.advanceTo(before);
      out.write(BODY_BASE64);
      out.write(Base64.getEncoder().encode(body.toByteArray()));
      out.write((byte) '"');
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What stands before the body, and its bytes: items that arrive together share it. */
  private static final class Beginning {
    private @Nullable ItemKind lastKind;
    private long lastTimestamp;
    private byte[] bytes = new byte[0];

    void write(Item item, EncodedLines out) {
      ItemKind kind = item.kind();
      long timestamp = item.timestampMillis();
      if (kind == lastKind && timestamp == lastTimestamp) {
        out.write(bytes);
        return;
      }
      int start = out.size();
      out.write(TYPE);
      out.writeAscii(kind.jsonName());
      out.write(TIMESTAMP);
      out.writeLong(timestamp);
      bytes = Arrays.copyOfRange(out.array(), start, out.size());
      lastKind = kind;
      lastTimestamp = timestamp;
    }
  }

  /** What stands behind the body, and its bytes: the items of a source share their maps. */
  private static final class Ending {
    private @Nullable String lastSeverity;
    private @Nullable Map<String, @Nullable Object> lastResource;
    private @Nullable Map<String, @Nullable Object> lastAttributes;
    private byte[] bytes = new byte[0];

    // The same maps, not equal ones: comparing would cost what encoding does.
    @SuppressWarnings("ReferenceEquality")
    void write(Item item, EncodedLines out) {
      String severity = item.severityText();
      Map<String, @Nullable Object> resource = item.resource();
      Map<String, @Nullable Object> attributes = item.attributes();
      if (resource == lastResource
          && attributes == lastAttributes
          && Objects.equals(severity, lastSeverity)) {
        out.write(bytes);
        return;
      }
      int start = out.size();
      if (severity != null) {
        out.write(SEVERITY);
        JsonValues.writeString(severity, out);
      }
      writeMap(RESOURCE, resource, out);
      writeMap(ATTRIBUTES, attributes, out);
      out.write(END);
      bytes = Arrays.copyOfRange(out.array(), start, out.size());
      lastSeverity = severity;
      lastResource = resource;
      lastAttributes = attributes;
    }

    private static void writeMap(byte[] name, Map<String, @Nullable Object> map, EncodedLines out) {
      if (!map.isEmpty()) {
        out.write(name);
        JsonValues.write(map, out);
      }
    }
  }
}
