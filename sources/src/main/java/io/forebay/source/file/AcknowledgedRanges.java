package io.forebay.source.file;

import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far one file is acknowledged. The ranges handed out lie end to end; each is under way,
 * acknowledged, or failed and waiting to be read again. The cursor may stand at the {@link #mark}:
 * everything before it is acknowledged, whatever the order in which that happened.
 *
 * <p>Thread safe: acknowledgements arrive on any thread. Bounded by the reader, which stops at a
 * distance from the mark.
 */
final class AcknowledgedRanges {

  /**
   * A place in the file before which everything is acknowledged.
   *
   * @param offset in bytes
   * @param tail of the bytes before it
   */
  record Mark(long offset, Tail tail) {
    static final Mark BEGINNING = new Mark(0, Tail.UNKNOWN);
  }

  private final TreeMap<Long, Range> beyond = new TreeMap<>();
  private final ArrayDeque<Range> failed = new ArrayDeque<>();
  private Mark mark;
  private int underWay;
  private int epoch;

  AcknowledgedRanges(Mark mark) {
    this.mark = mark;
  }

  synchronized Mark mark() {
    return mark;
  }

  /** Which content of the file the ranges belong to; another after each {@link #restart}. */
  synchronized int epoch() {
    return epoch;
  }

  /** Whether no range is under way or waits to be read again. */
  synchronized boolean isSettled() {
    return underWay == 0 && failed.isEmpty();
  }

  /** A range is on its way. */
  synchronized void opened() {
    underWay++;
  }

  /**
   * A range has ended well.
   *
   * @return whether the mark moved
   */
  synchronized boolean acknowledge(int ofEpoch, Range range) {
    underWay--;
    if (ofEpoch != epoch) {
      return false;
    }
    beyond.put(range.start(), range);
    Mark before = mark;
    for (Range next = beyond.remove(mark.offset());
        next != null;
        next = beyond.remove(mark.offset())) {
      mark = new Mark(next.end(), next.tail());
    }
    return mark.offset() != before.offset();
  }

  /**
   * A range has ended badly: it is to be read again.
   *
   * @return false when the content it came from is gone
   */
  synchronized boolean fail(int ofEpoch, Range range) {
    underWay--;
    if (ofEpoch != epoch) {
      return false;
    }
    failed.add(range);
    return true;
  }

  /** Takes a range that is to be read again. */
  synchronized @Nullable Range takeFailed() {
    return failed.poll();
  }

  /**
   * The file has other content now, which begins at its beginning.
   *
   * @return the ranges that should have been read again and cannot be
   */
  synchronized List<Range> restart() {
    epoch++;
    mark = Mark.BEGINNING;
    beyond.clear();
    List<Range> lost = List.copyOf(failed);
    failed.clear();
    return lost;
  }
}
