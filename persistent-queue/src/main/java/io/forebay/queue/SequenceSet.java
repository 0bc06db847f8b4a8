package io.forebay.queue;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of sequence numbers that holds everything below a frontier and few ranges beyond it. Not
 * safe for concurrent use.
 */
final class SequenceSet {

  /** Receives ranges {@code from <= n < to}, in rising order. */
  interface RangeConsumer {
    void range(long from, long to);
  }

  private long frontier;
  private final NavigableMap<Long, Long> ranges = new TreeMap<>();
  private long beyond;

  SequenceSet(long frontier) {
    this.frontier = frontier;
  }

  /** Every number below it is in the set; it itself is not. */
  long frontier() {
    return frontier;
  }

  /** How many numbers at or above the frontier are in the set. */
  long beyond() {
    return beyond;
  }

  /** How many separate ranges lie beyond the frontier. */
  int rangeCount() {
    return ranges.size();
  }

  /**
   * Adds {@code from <= n < to}.
   *
   * @return how many of them were not in the set
   */
  long add(long from, long to) {
    long start = Math.max(from, frontier);
    if (start >= to) {
      return 0;
    }
    long before = frontier + beyond;
    if (start == frontier && ranges.isEmpty()) {
      frontier = to;
      return frontier - before;
    }
    long end = to;
    Map.Entry<Long, Long> touching = ranges.floorEntry(start);
    if (touching != null && touching.getValue() >= start) {
      start = touching.getKey();
    } else {
      touching = ranges.higherEntry(start);
    }
    while (touching != null && touching.getKey() <= end) {
      end = Math.max(end, touching.getValue());
      beyond -= touching.getValue() - touching.getKey();
      ranges.remove(touching.getKey());
      touching = ranges.higherEntry(touching.getKey());
    }
    if (start == frontier) {
      frontier = end;
    } else {
      ranges.put(start, end);
      beyond += end - start;
    }
    return frontier + beyond - before;
  }

  /** The first number at or above {@code from} that is not in the set. */
  long firstAbsent(long from) {
    long start = Math.max(from, frontier);
    Map.Entry<Long, Long> range = ranges.floorEntry(start);
    return range != null && range.getValue() > start ? range.getValue() : start;
  }

  /** How many of {@code from <= n < to} are not in the set. */
  long absentCount(long from, long to) {
    long[] sum = new long[1];
    forEachAbsent(from, to, (start, end) -> sum[0] += end - start);
    return sum[0];
  }

  /** Visits what of {@code from <= n < to} is not in the set. */
  void forEachAbsent(long from, long to, RangeConsumer visitor) {
    long start = firstAbsent(from);
    while (start < to) {
      Map.Entry<Long, Long> next = ranges.higherEntry(start);
      if (next == null || next.getKey() >= to) {
        visitor.range(start, to);
        return;
      }
      visitor.range(start, next.getKey());
      start = next.getValue();
    }
  }

  /** The numbers of this set that are {@code from <= n < to}, and all below. */
  SequenceSet between(long from, long to) {
    SequenceSet part = new SequenceSet(from);
    long[] start = {from};
    forEachAbsent(
        from,
        to,
        (absentFrom, absentTo) -> {
          part.add(start[0], absentFrom);
          start[0] = absentTo;
        });
    part.add(start[0], to);
    return part;
  }

  /** Visits the ranges beyond the frontier. */
  void forEachRange(RangeConsumer visitor) {
    ranges.forEach(visitor::range);
  }
}
