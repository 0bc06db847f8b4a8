package io.forebay.core.delivery;

import io.forebay.core.item.Batch;
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
 * @param sequence number of the first item of the range, the others follow by one; {@link
 *     #UNNUMBERED} where the destination wants none
 * @param arrivedNanos when the items arrived, by the scheduler's clock
 */
record Slice(
    List<Item> items, int from, int to, long bytes, Owner owner, long sequence, long arrivedNanos) {

  static final long UNNUMBERED = -1;

  /** All items of a batch that has arrived. */
  static Slice of(Batch batch, long weight, long sequence, long arrivedNanos) {
    Owner owner = new Owner.Share(batch.acknowledgement(), batch.size());
    return new Slice(batch.items(), 0, batch.size(), weight, owner, sequence, arrivedNanos);
  }

  /** The number after that of the last item; {@link #UNNUMBERED} where there are none. */
  long sequenceEnd() {
    return sequence == UNNUMBERED ? UNNUMBERED : sequence + count();
  }

  Slice numberedFrom(long first) {
    return new Slice(items, from, to, bytes, owner, first, arrivedNanos);
  }

  int count() {
    return to - from;
  }

  boolean isAwaited() {
    return owner instanceof Owner.Share share && share.isAwaited();
  }

  /** The first {@code count} items, whose weight the caller knows. */
  Slice head(int count, long headBytes) {
    return new Slice(items, from, from + count, headBytes, owner, sequence, arrivedNanos);
  }

  /** All but the first {@code count} items, whose weight the caller knows. */
  Slice tail(int count, long headBytes) {
    long rest = sequence == UNNUMBERED ? UNNUMBERED : sequence + count;
    return new Slice(items, from + count, to, bytes - headBytes, owner, rest, arrivedNanos);
  }

  long weightOfFirst(int count) {
    long sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += items.get(i).weight();
    }
    return sum;
  }
}
