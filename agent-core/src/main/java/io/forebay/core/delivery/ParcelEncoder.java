package io.forebay.core.delivery;

import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Encodes what goes to the queue, into a buffer that is used again. */
final class ParcelEncoder {

  /** A buffer that an unusual item made larger is not kept. */
  private static final int MAX_SPARE_BYTES = 4 << 20;

  private final ItemEncoder encoder = new ItemEncoder();
  private final AtomicReference<@Nullable EncodedLines> spare = new AtomicReference<>();

  /**
   * The lines of as many items of the parcel's front as fit, at least one. By one thread at a time.
   *
   * @param maxBytes bound on the lines' bytes; an estimate of what the items' escapes need
   */
  EncodedLines encode(Parcel parcel, int maxBytes) {
    EncodedLines lines = spare.getAndSet(null);
    if (lines == null) {
      lines = new EncodedLines((int) Math.min(parcel.bytes() + parcel.bytes() / 8, 2L * maxBytes));
    }
    lines.clear();
    for (Slice slice : parcel.slices()) {
      for (int i = slice.from(); i < slice.to(); i++) {
        Item item = slice.items().get(i);
        if (lines.count() > 0 && lines.size() + item.weight() > maxBytes) {
          return lines;
        }
        encoder.encode(item, lines);
      }
    }
    return lines;
  }

  /** Takes the lines back once the queue has decided on them, and so has read them. Any thread. */
  void keep(EncodedLines lines) {
    if (lines.array().length <= MAX_SPARE_BYTES) {
      spare.set(lines);
    }
  }
}
