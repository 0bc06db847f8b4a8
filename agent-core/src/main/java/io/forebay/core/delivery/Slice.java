package io.forebay.core.delivery;

import io.forebay.core.item.Item;
import java.util.List;

/**
 * A range of the items of one owner.
 *
 * @param items all items of the owner
 * @param from index of the first item of the range
 * @param to index after the last
 * @param bytes weight of the range
 * @param owner whom to tell
 * @param arrivedNanos when the items arrived, by the scheduler's clock
 */
record Slice(List<Item> items, int from, int to, long bytes, Owner owner, long arrivedNanos) {

  int count() {
    return to - from;
  }

  boolean isAwaited() {
    return owner instanceof Owner.Share share && share.isAwaited();
  }

  /** The first {@code count} items, whose weight the caller knows. */
  Slice head(int count, long headBytes) {
    return new Slice(items, from, from + count, headBytes, owner, arrivedNanos);
  }

  /** All but the first {@code count} items, whose weight the caller knows. */
  Slice tail(int count, long headBytes) {
    return new Slice(items, from + count, to, bytes - headBytes, owner, arrivedNanos);
  }

  long weightOfFirst(int count) {
    long sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += items.get(i).weight();
    }
    return sum;
  }
}
