package io.forebay.queue;

import java.util.Arrays;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a queue that is opened after a crash at some point.
 *
 * @param must numbers whose records were reported as durable and were neither acknowledged nor
 *     dropped; rising
 * @param settled numbers that a durable state tells of as settled: their records never come again;
 *     rising
 * @param nextAtLeast numbers below it were told to someone
 * @param truncatedBelow what a durable state tells
 * @param damageAllowed how many numbers may be counted as damaged: of appends that were never
 *     reported as stored, and left out by the owner
 * @param millis the time of the crash
 * @param record the record that a number names, or null when the number was given to none
 * @param contents of all records
 */
@SuppressWarnings("ArrayRecordComponent")
record CrashKnowledge(
    long[] must,
    long[] settled,
    long nextAtLeast,
    long truncatedBelow,
    long damageAllowed,
    long millis,
    LongFunction<@Nullable Integer> record,
    RecordContents contents) {

  static final CrashKnowledge NONE =
      new CrashKnowledge(
          new long[0],
          new long[0],
          0,
          0,
          0,
          1_700_000_000_000L,
          sequence -> null,
          new RecordContents(null, 0));

  /** The same demands have the same. */
  long hash() {
    long sum = Arrays.hashCode(must) * 31L + Arrays.hashCode(settled);
    return DiskImage.mix(
        DiskImage.mix(sum) + nextAtLeast + DiskImage.mix(truncatedBelow) + 7 * damageAllowed);
  }
}
