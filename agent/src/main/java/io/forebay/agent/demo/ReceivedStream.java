package io.forebay.agent.demo;

import java.util.BitSet;

/**
 * What arrived of one numbered stream: each number once, twice, out of order, or not at all. Not
 * thread safe.
 */
final class ReceivedStream {

  /** Far above what a demo sends; a number past it is not one of ours. */
  private static final int MAX_SEQUENCE = 10_000_000;

  private final BitSet seen = new BitSet();
  private long duplicates;
  private long outOfOrder;

  /**
   * @return whether it was new
   */
  boolean receive(long sequence) {
    if (sequence < 0 || sequence > MAX_SEQUENCE) {
      throw new IllegalArgumentException("sequence number out of range: " + sequence);
    }
    int number = (int) sequence;
    if (seen.get(number)) {
      duplicates++;
      return false;
    }
    if (number < seen.length()) {
      outOfOrder++;
    }
    seen.set(number);
    return true;
  }

  /** Different numbers that arrived. */
  long distinct() {
    return seen.cardinality();
  }

  /** Arrived once more. */
  long duplicates() {
    return duplicates;
  }

  /** Arrived for the first time, but after a higher number. */
  long outOfOrder() {
    return outOfOrder;
  }

  /** Numbers between the lowest and the highest that arrived, and did not arrive themselves. */
  long gaps() {
    return seen.isEmpty() ? 0 : seen.length() - seen.nextSetBit(0) - (long) seen.cardinality();
  }
}
