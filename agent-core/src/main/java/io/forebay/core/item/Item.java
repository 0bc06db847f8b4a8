package io.forebay.core.item;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One piece of telemetry. Immutable.
 *
 * <p>The body stays the bytes that arrived. An item read back from a queue keeps its encoded line
 * ({@link #encoded}) and decodes a field only when it is asked for; an item with another field
 * ({@link #withBody} and so on) has no encoded line. The JSON form is described at {@link
 * ItemEncoder}.
 *
 * <p>Attribute and resource values are String, Long, Double, Boolean, List or Map of the same, or
 * null.
 */
public final class Item {

  private final @Nullable ByteSlice encoded;
  private final long timestampMillis;
  private final ItemKind kind;
  private final ByteSlice body;
  private final @Nullable String severityText;
  private final Map<String, @Nullable Object> resource;
  private final Map<String, @Nullable Object> attributes;
  // Decoded on the first question for a field; a benign race may decode twice, with equal results.
  private @Nullable Item decoded;

  /**
   * An item with all its fields.
   *
   * @param timestampMillis milliseconds since the epoch
   * @param resource where it came from; shared, must not change any more
   * @param attributes what is known of it; shared, must not change any more
   */
  public Item(
      ItemKind kind,
      long timestampMillis,
      ByteSlice body,
      @Nullable String severityText,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> attributes) {
    this.encoded = null;
    this.kind = kind;
    this.timestampMillis = timestampMillis;
    this.body = body;
    this.severityText = severityText;
    this.resource = resource;
    this.attributes = attributes;
  }

  private Item(ByteSlice encoded) {
    this.encoded = encoded;
    this.kind = ItemKind.LOG;
    this.timestampMillis = 0;
    this.body = ByteSlice.EMPTY;
    this.severityText = null;
    this.resource = Map.of();
    this.attributes = Map.of();
  }

  /** A log item without severity. */
  public static Item log(
      long timestampMillis,
      ByteSlice body,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> attributes) {
    return new Item(ItemKind.LOG, timestampMillis, body, null, resource, attributes);
  }

  /**
   * An item of its encoded line, as {@link ItemEncoder} writes it, the line feed at the end
   * included. The line is not looked at until a field is asked for; what cannot be decoded then is
   * an item whose body is the line itself.
   */
  public static Item ofEncoded(ByteSlice line) {
    return new Item(line);
  }

  /**
   * The encoded line with its line feed, where this item was made of one and is unchanged; else
   * null.
   */
  public @Nullable ByteSlice encoded() {
    return encoded;
  }

  public ItemKind kind() {
    return fields().kind;
  }

  /** Milliseconds since the epoch. */
  public long timestampMillis() {
    return fields().timestampMillis;
  }

  public ByteSlice body() {
    return fields().body;
  }

  public @Nullable String severityText() {
    return fields().severityText;
  }

  public Map<String, @Nullable Object> resource() {
    return fields().resource;
  }

  public Map<String, @Nullable Object> attributes() {
    return fields().attributes;
  }

  public Item withBody(ByteSlice newBody) {
    Item f = fields();
    return new Item(f.kind, f.timestampMillis, newBody, f.severityText, f.resource, f.attributes);
  }

  public Item withAttributes(Map<String, @Nullable Object> newAttributes) {
    Item f = fields();
    return new Item(f.kind, f.timestampMillis, f.body, f.severityText, f.resource, newAttributes);
  }

  /**
   * Bytes that this item weighs against bounds on memory and batches: its encoded line where there
   * is one, else the body and a fixed estimate for the rest. Cheap; no exact size of the encoded
   * form.
   */
  public int weight() {
    return encoded != null ? encoded.length() : body.length() + 96;
  }

  private Item fields() {
    if (encoded == null) {
      return this;
    }
    Item d = decoded;
    if (d == null) {
      d = ItemDecoder.decode(encoded);
      decoded = d;
    }
    return d;
  }
}
