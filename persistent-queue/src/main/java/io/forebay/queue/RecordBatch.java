package io.forebay.queue;

import java.nio.ByteBuffer;

/**
 * The records of one append: their bytes in one piece after another, and the length of each record.
 *
 * @param payload gathers the records' bytes in order; from position to limit of each buffer. The
 *     queue reads them through duplicates and never moves the buffers' own positions
 * @param lengths length in bytes of each record; their sum is the sum of the payload's remaining
 *     bytes
 * @param count number of records; the first {@code count} entries of {@code lengths} hold
 */
@SuppressWarnings("ArrayRecordComponent") // one array a batch instead of one object a record
public record RecordBatch(ByteBuffer[] payload, int[] lengths, int count) {

  public RecordBatch {
    if (count < 1 || count > lengths.length) {
      throw new IllegalArgumentException("count must be in 1.." + lengths.length + ": " + count);
    }
  }

  /** One record of the given bytes. */
  public static RecordBatch of(byte[] record) {
    return new RecordBatch(
        new ByteBuffer[] {ByteBuffer.wrap(record)}, new int[] {record.length}, 1);
  }

  /**
   * Sum of the records' lengths.
   *
   * @throws IllegalArgumentException when it is not what the payload holds
   */
  long payloadBytes() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (lengths[i] < 0) {
        throw new IllegalArgumentException("record " + i + " has the length " + lengths[i]);
      }
      sum += lengths[i];
    }
    long held = 0;
    for (ByteBuffer bytes : payload) {
      held += bytes.remaining();
    }
    if (sum != held) {
      throw new IllegalArgumentException(
          "the records' lengths sum to " + sum + " but the payload holds " + held + " bytes");
    }
    return sum;
  }
}
