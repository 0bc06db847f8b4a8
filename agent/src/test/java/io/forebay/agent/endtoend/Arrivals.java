package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Every sequence number that a receiver took, in the order in which it took them, and when it said
 * so. A number stands in an item as {@code SEQ=} and ten digits.
 */
final class Arrivals {

  private static final byte[] MARK = {'S', 'E', 'Q', '='};
  private static final int DIGITS = 10;

  private final BitSet seen = new BitSet();
  private long[] firstAcknowledgedNanos = new long[1 << 16];
  private int highestFirst;
  private long outOfOrder;
  private long duplicates;
  private long arrivals;
  private final List<long[]> repeated = new ArrayList<>();

  /** Numbers in the bytes, in order. */
  static int[] numbers(byte[] body, int length) {
    int[] found = new int[16];
    int count = 0;
    for (int i = 0; i + MARK.length + DIGITS <= length; i++) {
      if (body[i] == 'S' && Arrays.equals(body, i, i + MARK.length, MARK, 0, MARK.length)) {
        int number = 0;
        for (int d = 0; d < DIGITS; d++) {
          number = number * 10 + (body[i + MARK.length + d] - '0');
        }
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = number;
        i += MARK.length + DIGITS - 1;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Records numbers that the receiver has taken. */
  synchronized void take(int[] numbers) {
    for (int number : numbers) {
      arrivals++;
      if (seen.get(number)) {
        duplicates++;
        repeated.add(new long[] {number, acknowledgedNanos(number)});
      } else {
        seen.set(number);
        if (number < highestFirst) {
          outOfOrder++;
        }
        highestFirst = Math.max(highestFirst, number);
      }
    }
  }

  /** The receiver has written its whole answer for these numbers. */
  synchronized void acknowledged(int[] numbers) {
    long now = System.nanoTime();
    for (int number : numbers) {
      if (number >= firstAcknowledgedNanos.length) {
        firstAcknowledgedNanos =
            Arrays.copyOf(
                firstAcknowledgedNanos, Math.max(number + 1, firstAcknowledgedNanos.length * 2));
      }
      if (firstAcknowledgedNanos[number] == 0) {
        firstAcknowledgedNanos[number] = now;
      }
    }
  }

  synchronized int distinct() {
    return seen.cardinality();
  }

  synchronized long duplicates() {
    return duplicates;
  }

  synchronized long outOfOrder() {
    return outOfOrder;
  }

  synchronized boolean has(int number) {
    return seen.get(number);
  }

  /** Fails unless each of 1 to {@code last} has arrived. */
  synchronized void assertNothingLost(int last) {
    List<Integer> missing = new ArrayList<>();
    for (int i = seen.nextClearBit(1); i <= last; i = seen.nextClearBit(i + 1)) {
      missing.add(i);
      if (missing.size() > 20) {
        break;
      }
    }
    assertThat(missing).as("lost of 1..%d (the first few)", last).isEmpty();
  }

  /** Fails when a number arrived for the first time after a higher one had. */
  synchronized void assertInOrder() {
    assertThat(outOfOrder).as("numbers that arrived after a higher one").isZero();
  }

  /**
   * Fails when a number came again although it had been acknowledged, unless the agent was killed
   * within {@code window} of the acknowledgement or of the offer: then it may not have been able to
   * note the one in its queue or the other in its cursor.
   */
  synchronized void assertOnlyUnacknowledgedRepeated(
      List<Long> killedAtNanos, LongUnaryOperator offeredAtNanos, long windowNanos) {
    List<String> unexcused = new ArrayList<>();
    for (long[] repeat : repeated) {
      long acknowledged = repeat[1];
      long offered = offeredAtNanos.applyAsLong(repeat[0]);
      long apart =
          killedAtNanos.stream()
              .mapToLong(kill -> Math.min(Math.abs(kill - acknowledged), Math.abs(kill - offered)))
              .min()
              .orElse(Long.MAX_VALUE);
      if (acknowledged != 0 && apart >= windowNanos) {
        unexcused.add(repeat[0] + " (" + apart / 1_000_000 + " ms from a kill)");
      }
    }
    assertThat(unexcused.stream().limit(20))
        .as("%d numbers repeated though acknowledged", unexcused.size())
        .isEmpty();
  }

  private long acknowledgedNanos(int number) {
    return number < firstAcknowledgedNanos.length ? firstAcknowledgedNanos[number] : 0;
  }
}
