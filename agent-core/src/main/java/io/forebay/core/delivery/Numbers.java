package io.forebay.core.delivery;

import io.forebay.core.component.Numbering;
import io.forebay.core.component.SequenceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the items of a numbered destination their numbers, in the order of their arrival, out of
 * those of its queue: what goes to disk keeps its number there. Numbers that are shown to a
 * receiver without being on disk are reserved durably before, about a million at a time, so that
 * they are not given again after a crash. On the loop only.
 */
final class Numbers {

  private static final Logger log = LoggerFactory.getLogger(Numbers.class);

  /** At a million items a second that is one write of the state a second. */
  private static final long BLOCK = 1L << 20;

  private final String node;
  private final boolean used;
  private final QueueGateway queue;
  private final Backoff backoff;
  private final LongSupplier nanos;
  private long epoch;
  private long next;
  private long begun;
  private long reservedBelow;
  private boolean reserving;
  private int failures;
  private long retryAt = Long.MIN_VALUE;

  /**
   * @param used whether the destination wants numbers; otherwise nothing here has an effect
   */
  Numbers(String node, boolean used, QueueGateway queue, Backoff backoff, LongSupplier nanos) {
    this.node = node;
    this.used = used;
    this.queue = queue;
    this.backoff = backoff;
    this.nanos = nanos;
  }

  boolean areUsed() {
    return used;
  }

  /** The queue is open and goes on from {@code next}. */
  void continueQueue(long queueEpoch, long queueNext) {
    epoch = queueEpoch;
    next = queueNext;
    begun = queueNext;
    reservedBelow = queueNext;
  }

  /** There is no queue: the numbers hold as long as this delivery does. */
  void beginAnew(long randomEpoch) {
    epoch = randomEpoch;
    reservedBelow = Long.MAX_VALUE;
  }

  /** Numbers for so many items; {@link Slice#UNNUMBERED} where none are wanted. */
  long take(int items) {
    if (!used) {
      return Slice.UNNUMBERED;
    }
    long first = next;
    next += items;
    return first;
  }

  /** No number from it on was given to an item. */
  long unused() {
    return next;
  }

  /** A failed append took numbers with it. */
  void continueFrom(long queueNext) {
    next = Math.max(next, queueNext);
  }

  /** Whether what has a number may be sent though it is not on disk. */
  boolean mayBeShown() {
    return !used || next <= reservedBelow;
  }

  /**
   * Reserves more where it is time.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (!used || reserving || reservedBelow - next >= BLOCK / 2 || !queue.isOpen()) {
      return Mailbox.NEVER;
    }
    if (now < retryAt) {
      return retryAt;
    }
    reserving = true;
    long below = next + BLOCK;
    queue.reserve(below, failure -> reserved(below, failure));
    return Mailbox.NEVER;
  }

  private void reserved(long below, @Nullable Exception failure) {
    reserving = false;
    if (failure == null) {
      failures = 0;
      reservedBelow = Math.max(reservedBelow, below);
      return;
    }
    failures++;
    retryAt = nanos.getAsLong() + backoff.nanos(failures);
    if (failures == 1) {
      log.warn(
          "{}: sequence numbers cannot be reserved on disk: {}; nothing is sent that is not on disk",
          node,
          failure.getMessage());
    }
  }

  /**
   * @param after the number of the item before the parcel's first, where that one is not settled
   */
  Numbering of(Parcel parcel, OptionalLong after) {
    List<SequenceRange> ranges = new ArrayList<>(2);
    long first = 0;
    int count = 0;
    for (Slice slice : parcel.slices()) {
      if (count > 0 && slice.sequence() == first + count) {
        count += slice.count();
        continue;
      }
      if (count > 0) {
        ranges.add(new SequenceRange(first, count));
      }
      first = slice.sequence();
      count = slice.count();
    }
    ranges.add(new SequenceRange(first, count));
    return new Numbering(epoch, List.copyOf(ranges), after, queue.truncatedBelow(), next, begun);
  }
}
