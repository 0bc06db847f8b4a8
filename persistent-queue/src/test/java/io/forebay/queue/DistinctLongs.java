package io.forebay.queue;

import java.util.Arrays;

/** Tells whether a hash was seen before. Safe for concurrent use. */
final class DistinctLongs {

  private long[] table = new long[1 << 12];
  private int size;

  /** False when it is there already. */
  synchronized boolean add(long value) {
    long stored = value == 0 ? 1 : value;
    if (2 * size > table.length) {
      long[] before = table;
      table = new long[2 * before.length];
      Arrays.stream(before).filter(each -> each != 0).forEach(this::put);
    }
    if (!put(stored)) {
      return false;
    }
    size++;
    return true;
  }

  private boolean put(long value) {
    int at = (int) DiskImage.mix(value) & (table.length - 1);
    while (table[at] != 0) {
      if (table[at] == value) {
        return false;
      }
      at = (at + 1) & (table.length - 1);
    }
    table[at] = value;
    return true;
  }

  synchronized int size() {
    return size;
  }
}
