package io.forebay.core.item;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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

  private final EncodedMap resource = new EncodedMap();
  private final EncodedMap attributes = new EncodedMap();

  /** Appends the item's line, copying it where the item was made of one. */
  public void encode(Item item, EncodedLines out) {
    ByteSlice line = item.encoded();
    if (line != null) {
      out.addLine(line);
      return;
    }
    out.write(TYPE);
    out.writeAscii(item.kind().jsonName());
    out.write(TIMESTAMP);
    out.writeLong(item.timestampMillis());
    writeBody(item.body(), out);
    String severity = item.severityText();
    if (severity != null) {
      out.write(SEVERITY);
      JsonValues.writeString(severity, out);
    }
    if (!item.resource().isEmpty()) {
      out.write(RESOURCE);
      resource.write(item.resource(), out);
    }
    if (!item.attributes().isEmpty()) {
      out.write(ATTRIBUTES);
      attributes.write(item.attributes(), out);
    }
    out.write(END);
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

  /** The last map written and its bytes: the items of a source share their maps by reference. */
  private static final class EncodedMap {
    private @Nullable Map<String, @Nullable Object> last;
    private byte[] bytes = new byte[0];

    @SuppressWarnings(
        "ReferenceEquality") // the same map, not an equal one: comparing would cost what encoding
    // does
    void write(Map<String, @Nullable Object> map, EncodedLines out) {
      if (map == last) {
        out.write(bytes);
        return;
      }
      int start = out.size();
      JsonValues.write(map, out);
      bytes = Arrays.copyOfRange(out.array(), start, out.size());
      last = map;
    }
  }
}
