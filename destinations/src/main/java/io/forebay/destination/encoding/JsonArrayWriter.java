package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.List;

/** Makes one array of what another writer writes as a line an item. */
final class JsonArrayWriter implements BodyWriter {

  private static final ByteSlice OPENING = ByteSlice.utf8("[");
  private static final ByteSlice EMPTY_ARRAY = ByteSlice.utf8("[]");

  private final BodyWriter lines;

  /**
   * @param lines ends each item's line with a line feed
   */
  JsonArrayWriter(BodyWriter lines) {
    this.lines = lines;
  }

  @Override
  public void write(List<Item> items, EncodedLines out) {
    if (items.isEmpty()) {
      out.addLine(EMPTY_ARRAY);
      return;
    }
    out.addLine(OPENING);
    lines.write(items, out);
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
