package io.forebay.core.delivery;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.ItemEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A dead letter as one line:
 *
 * <pre>
 * {"dead_letter":{"node":"…","reason":"…","attempts":3,"at":1735789700000},"item":{…}}
 * </pre>
 *
 * with {@code at} in milliseconds since the epoch and the item as {@link ItemEncoder} writes it.
 */
public final class DeadLetterLine {

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] BEFORE_HEADER = ascii("{\"dead_letter\":");
  private static final byte[] BEFORE_ITEM = ascii(",\"item\":");
  private static final byte[] END = {'}', '\n'};

  private DeadLetterLine() {}

  /**
   * The line, its line feed included.
   *
   * @param item the item's line with its line feed; copied as it is, so that no byte of it is
   *     altered
   */
  public static ByteSlice of(
      String node, String reason, int attempts, long atMillis, ByteSlice item) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(item.length() + 256);
    out.writeBytes(BEFORE_HEADER);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("node", node);
      json.writeStringProperty("reason", reason);
      json.writeNumberProperty("attempts", attempts);
      json.writeNumberProperty("at", atMillis);
      json.writeEndObject();
    }
    out.writeBytes(BEFORE_ITEM);
    out.write(item.array(), item.offset(), Math.max(item.length() - 1, 0));
    out.writeBytes(END);
    return ByteSlice.of(out.toByteArray());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
