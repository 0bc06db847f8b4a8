package io.forebay.core.component;

import java.util.List;
import java.util.OptionalLong;

/**
 * The numbers of a batch's items. An item keeps its number through retries, the queue on disk and
 * restarts; with the epoch it names the item for ever.
 *
 * @param epoch a random number made with the queue, or with the delivery where there is no queue
 * @param ranges the items' numbers in the order of the items, rising; not empty
 * @param after the last number of the batch before this one, where that one is not settled yet;
 *     empty when every number below this batch is settled, so that what the receiver does not have
 *     of them will never come
 * @param truncatedBelow numbers below it that were not delivered were deleted by a full ring; 0
 *     when none ever was
 * @param issuedBelow no number at or above it was ever given to an item
 * @param issuedFrom where this run began to give out numbers: what an earlier one gave out is below
 */
public record Numbering(
    long epoch,
    List<SequenceRange> ranges,
    OptionalLong after,
    long truncatedBelow,
    long issuedBelow,
    long issuedFrom) {

  public Numbering {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no numbers");
    }
  }

  /** The same numbers under another epoch. */
  public Numbering withEpoch(long other) {
    return new Numbering(other, ranges, after, truncatedBelow, issuedBelow, issuedFrom);
  }

  /** How many of the items have a number below {@code sequence}. */
  public long countBelow(long sequence) {
    long count = 0;
    for (SequenceRange range : ranges) {
      count += Math.max(0, Math.min(range.end(), sequence) - range.first());
    }
    return count;
  }

  /** The number of the first item. */
  public long first() {
    return ranges.get(0).first();
  }

  /** The number after that of the last item. */
  public long end() {
    return ranges.get(ranges.size() - 1).end();
  }
}
