package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;

/** Finds the items in a chunk that begins where an item does. */
interface ItemScanner {

  /** Takes what is found. */
  interface Findings {
    /** An item's body. */
    void item(ByteSlice body);

    /** The body that came last is the beginning of a line from which so many bytes were cut. */
    void cut(long bytes);
  }

  /**
   * Hands out the complete items, in order, as slices of the chunk.
   *
   * @param chunk must not be written to again
   * @return offset in the chunk behind the last item; what follows is incomplete
   */
  int scan(byte[] chunk, int length, Ending ending, Findings findings);

  /** Bytes of a line at most. */
  int maxLineBytes();

  /** Bytes of a chunk in which an item's end must show, unless a line in it is too long. */
  int sufficientBytes();
}
