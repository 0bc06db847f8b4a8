package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import java.util.List;

/** How the items of a batch stand in its body. */
public enum BatchFormat {
  /** A JSON line an item, as {@link ItemEncoder} writes it. */
  NDJSON("application/x-ndjson"),
  /** One JSON array of the same objects. */
  JSON_ARRAY("application/json"),
  /** The item's body and a line feed, nothing else; a body's own line feeds stay in it. */
  RAW("text/plain");

  private static final ByteSlice OPENING = ByteSlice.utf8("[");
  private static final ByteSlice EMPTY_ARRAY = ByteSlice.utf8("[]");
  private static final ByteSlice LINE_FEED = ByteSlice.utf8("\n");

  private final String contentType;

  BatchFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The media type of such a body. */
  public String contentType() {
    return contentType;
  }

  /** Writes all items into {@code out}, which is empty before. */
  void write(List<Item> items, ItemEncoder encoder, EncodedLines out) {
    switch (this) {
      case NDJSON -> encoder.encodeAll(items, out);
      case JSON_ARRAY -> writeArray(items, encoder, out);
      case RAW -> {
        for (int i = 0; i < items.size(); i++) {
          out.addLine(items.get(i).body());
          out.addLine(LINE_FEED);
        }
      }
    }
  }

  private static void writeArray(List<Item> items, ItemEncoder encoder, EncodedLines out) {
    if (items.isEmpty()) {
      out.addLine(EMPTY_ARRAY);
      return;
    }
    out.addLine(OPENING);
    encoder.encodeAll(items, out);
    // The line feed that ends each item gives its place to the comma, so nothing is moved.
    byte[] bytes = out.array();
    int[] lengths = out.lengths();
    int end = 0;
    for (int line = 0; line < out.count(); line++) {
      end += lengths[line];
      if (line > 0) {
        bytes[end - 1] = ',';
      }
    }
    bytes[end - 1] = ']';
  }
}
