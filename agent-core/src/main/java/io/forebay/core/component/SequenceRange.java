package io.forebay.core.component;

/**
 * Sequence numbers that follow one another.
 *
 * @param first the first of them, at least 0
 * @param count how many, at least 1
 */
public record SequenceRange(long first, int count) {

  public SequenceRange {
    if (first < 0 || count < 1) {
      throw new IllegalArgumentException("not a range: " + first + " + " + count);
    }
  }

  /** The number after the last. */
  public long end() {
    return first + count;
  }
}
