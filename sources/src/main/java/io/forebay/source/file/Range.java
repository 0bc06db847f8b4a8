package io.forebay.source.file;

/**
 * Bytes of a file that became one batch; it begins and ends where an item does.
 *
 * @param start offset of the first byte
 * @param end offset behind the last byte
 * @param items that it became
 * @param tail of its last bytes
 */
record Range(long start, long end, int items, Tail tail) {

  long length() {
    return end - start;
  }
}
