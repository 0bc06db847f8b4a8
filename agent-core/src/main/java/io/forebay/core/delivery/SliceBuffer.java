package io.forebay.core.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items that wait in memory, in order, as ranges of their source batches. */
final class SliceBuffer {

  private final Deque<Slice> slices = new ArrayDeque<>();
  private long items;
  private long bytes;
  private int awaited;

  boolean isEmpty() {
    return slices.isEmpty();
  }

  long items() {
    return items;
  }

  long bytes() {
    return bytes;
  }

  /** Whether somebody waits for the answer to some of the items. */
  boolean hasAwaited() {
    return awaited > 0;
  }

  /** When the oldest item arrived, by the scheduler's clock; the buffer must not be empty. */
  long oldestNanos() {
    return slices.getFirst().arrivedNanos();
  }

  /** When the youngest item arrived, by the scheduler's clock; the buffer must not be empty. */
  long newestNanos() {
    return slices.getLast().arrivedNanos();
  }

  void add(Slice slice) {
    slices.addLast(slice);
    count(slice, 1);
  }

  /** Puts items back in front of all others. */
  void addFirst(Parcel parcel) {
    List<Slice> parts = parcel.slices();
    for (int i = parts.size() - 1; i >= 0; i--) {
      slices.addFirst(parts.get(i));
      count(parts.get(i), 1);
    }
  }

  /** Puts items back where their numbers belong: near the front. */
  void addInOrder(Parcel parcel) {
    Deque<Slice> before = new ArrayDeque<>();
    for (Slice next = slices.peekFirst();
        next != null && next.sequence() < parcel.firstSequence();
        next = slices.peekFirst()) {
      before.push(slices.removeFirst());
    }
    addFirst(parcel);
    before.forEach(slices::addFirst);
  }

  /** Number of the first item; the buffer must not be empty. */
  long firstSequence() {
    return slices.getFirst().sequence();
  }

  /** Gives all items new numbers, in their order. */
  void renumber(Numbers numbers) {
    for (int i = slices.size(); i > 0; i--) {
      Slice slice = slices.removeFirst();
      slices.addLast(slice.numberedFrom(numbers.take(slice.count())));
    }
  }

  void addLast(Parcel parcel) {
    parcel.slices().forEach(this::add);
  }

  void moveAllTo(SliceBuffer other) {
    for (Slice slice = slices.pollFirst(); slice != null; slice = slices.pollFirst()) {
      count(slice, -1);
      other.add(slice);
    }
  }

  /**
   * Takes from the front what fits, at least one item.
   *
   * @param maxItems at least 1
   * @param maxBytes bound on the weight; the first item is taken even if it is heavier
   * @return null when the buffer is empty
   */
  @Nullable Parcel take(int maxItems, long maxBytes) {
    return take(maxItems, maxBytes, false);
  }

  /** As {@link #take}, and the items' numbers leave none out. */
  @Nullable Parcel takeRun(int maxItems, long maxBytes) {
    return take(maxItems, maxBytes, true);
  }

  private @Nullable Parcel take(int maxItems, long maxBytes, boolean oneRun) {
    if (slices.isEmpty()) {
      return null;
    }
    List<Slice> taken = new ArrayList<>(2);
    int itemsLeft = maxItems;
    long bytesLeft = maxBytes;
    for (Slice next = slices.peekFirst();
        next != null && itemsLeft > 0;
        next = slices.peekFirst()) {
      if (oneRun
          && !taken.isEmpty()
          && next.sequence() != taken.get(taken.size() - 1).sequenceEnd()) {
        break;
      }
      if (next.count() <= itemsLeft && next.bytes() <= bytesLeft) {
        slices.removeFirst();
        count(next, -1);
        taken.add(next);
        itemsLeft -= next.count();
        bytesLeft -= next.bytes();
        continue;
      }
      Slice head = fitting(next, itemsLeft, bytesLeft, taken.isEmpty());
      if (head != null) {
        slices.removeFirst();
        count(next, -1);
        if (head.count() < next.count()) {
          Slice tail = next.tail(head.count(), head.bytes());
          slices.addFirst(tail);
          count(tail, 1);
        }
        taken.add(head);
      }
      break;
    }
    return new Parcel(taken);
  }

  private static @Nullable Slice fitting(Slice slice, int maxItems, long maxBytes, boolean force) {
    int count = 0;
    long sum = 0;
    while (count < Math.min(maxItems, slice.count())) {
      int weight = slice.items().get(slice.from() + count).weight();
      if (sum + weight > maxBytes && !(force && count == 0)) {
        break;
      }
      sum += weight;
      count++;
    }
    return count == 0 ? null : slice.head(count, sum);
  }

  private void count(Slice slice, int sign) {
    items += (long) sign * slice.count();
    bytes += sign * slice.bytes();
    if (slice.isAwaited()) {
      awaited += sign;
    }
  }
}
