package io.forebay.benchmarks;

import io.forebay.queue.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Made-up records and lines: JSON text with quotes in it, of an exact size. */
final class Records {

  private static final String TEXT =
      "{\"ts\":\"2026-01-01T00:00:00.000000Z\",\"level\":\"INFO\",\"app\":\"shop\",\"msg\":\"request handled ";

  private Records() {}

  /** A line of JSON of so many bytes, without a line feed. */
  static byte[] json(int bytes) {
    byte[] line = new byte[bytes];
    Arrays.fill(line, (byte) 'x');
    byte[] start = TEXT.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, line, 0, Math.min(start.length, bytes));
    line[bytes - 2] = '"';
    line[bytes - 1] = '}';
    return line;
  }

  /** A line of so many bytes in which every other character takes two or three bytes of UTF-8. */
  static byte[] utf8(int bytes) {
    byte[] word = "größer и 長い ".getBytes(StandardCharsets.UTF_8);
    byte[] line = new byte[bytes];
    Arrays.fill(line, (byte) ' ');
    for (int at = 0; at + word.length <= bytes; at += word.length) {
      System.arraycopy(word, 0, line, at, word.length);
    }
    return line;
  }

  /** So many records of so many bytes, in one piece as an encoder leaves them. */
  static RecordBatch batch(int records, int bytes) {
    ByteBuffer payload = ByteBuffer.allocate(records * bytes);
    byte[] record = json(bytes);
    int[] lengths = new int[records];
    for (int i = 0; i < records; i++) {
      payload.put(record);
      lengths[i] = bytes;
    }
    return new RecordBatch(new ByteBuffer[] {payload.flip()}, lengths, records);
  }
}
