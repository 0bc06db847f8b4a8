package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes each item as a MessagePack map with the keys of its JSON form, in an array or one after
 * the other. A body that is not well-formed UTF-8 is a {@code bin}, every other one a {@code str},
 * both under {@code body}.
 */
final class MessagePackWriter implements BodyWriter {

  private static final byte[] TYPE = MessagePack.text("_type");
  private static final byte[] TIMESTAMP = MessagePack.text("timestamp");
  private static final byte[] BODY = MessagePack.text("body");
  private static final byte[] SEVERITY = MessagePack.text("severity_text");
  private static final byte[] RESOURCE = MessagePack.text("resource");
  private static final byte[] ATTRIBUTES = MessagePack.text("attributes");

  private final boolean array;
  private final PackedMap resource = new PackedMap();
  private final PackedMap attributes = new PackedMap();

  /**
   * @param array whether the maps are the elements of one array
   */
  MessagePackWriter(boolean array) {
    this.array = array;
  }

  @Override
  public void write(List<Item> items, EncodedLines out) {
    if (array) {
      MessagePack.writeArrayHeader(items.size(), out);
    }
    for (int i = 0; i < items.size(); i++) {
      write(items.get(i), out);
      out.endLine();
    }
  }

  private void write(Item item, EncodedLines out) {
    String severity = item.severityText();
    int fields =
        3
            + (severity == null ? 0 : 1)
            + (item.resource().isEmpty() ? 0 : 1)
            + (item.attributes().isEmpty() ? 0 : 1);
    MessagePack.writeMapHeader(fields, out);
    out.write(TYPE);
    MessagePack.writeText(item.kind().jsonName(), out);
    out.write(TIMESTAMP);
    MessagePack.writeLong(item.timestampMillis(), out);
    out.write(BODY);
    ByteSlice body = item.body();
    if (body.isUtf8()) {
      MessagePack.writeTextHeader(body.length(), out);
    } else {
      MessagePack.writeBinaryHeader(body.length(), out);
    }
    out.write(body.array(), body.offset(), body.length());
    if (severity != null) {
      out.write(SEVERITY);
      MessagePack.writeText(severity, out);
    }
    if (!item.resource().isEmpty()) {
      out.write(RESOURCE);
      resource.write(item.resource(), out);
    }
    if (!item.attributes().isEmpty()) {
      out.write(ATTRIBUTES);
      attributes.write(item.attributes(), out);
    }
  }

  /** The last map written and its bytes: the items of a source share their maps by reference. */
  private static final class PackedMap {
    private @Nullable Map<String, @Nullable Object> last;
    private byte[] bytes = new byte[0];

    @SuppressWarnings("ReferenceEquality") // the same map: comparing would cost what packing does
    void write(Map<String, @Nullable Object> map, EncodedLines out) {
      if (map == last) {
        out.write(bytes);
        return;
      }
      int start = out.size();
      MessagePack.write(map, out);
      bytes = Arrays.copyOfRange(out.array(), start, out.size());
      last = map;
    }
  }
}
