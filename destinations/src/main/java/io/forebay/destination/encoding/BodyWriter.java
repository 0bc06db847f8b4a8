package io.forebay.destination.encoding;

import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.List;

/**
 * Writes items as a body. Not thread safe: it may remember what the items of a source have in
 * common.
 */
@FunctionalInterface
public interface BodyWriter {

  /** Writes all items into {@code out}, which is empty before. */
  void write(List<Item> items, EncodedLines out);
}
