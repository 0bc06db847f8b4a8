package io.forebay.queuebench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Made-up records that begin with their number, and batches of them in one piece. */
final class Records {

  private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz 0123456789 {}\":,";
  private static final int DIFFERENT = 1024;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[][] records = new byte[DIFFERENT][];

  Records(int bytes) {
    Random random = new Random(1);
    for (int i = 0; i < DIFFERENT; i++) {
      records[i] = new byte[bytes];
      for (int at = 0; at < bytes; at++) {
        records[i][at] = (byte) CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
      }
    }
  }

  /** The record with this number; valid until 1,024 others were asked for. */
  byte[] get(long number) {
    byte[] record = records[(int) (number % DIFFERENT)];
    putNumber(record, number);
    return record;
  }

  static void putNumber(byte[] record, long number) {
    LONGS.set(record, 0, number);
  }

  static long number(byte[] bytes, int offset) {
    return (long) LONGS.get(bytes, offset);
  }

  /** Lengths and bytes, one record after another. */
  static byte[] pack(byte[][] records) {
    int total = 0;
    for (byte[] record : records) {
      total += Integer.BYTES + record.length;
    }
    ByteBuffer packed = ByteBuffer.allocate(total);
    for (byte[] record : records) {
      packed.putInt(record.length).put(record);
    }
    return packed.array();
  }

  static void unpack(byte[] bytes, int offset, int length, Candidate.Sink each) {
    ByteBuffer packed = ByteBuffer.wrap(bytes, offset, length);
    while (packed.hasRemaining()) {
      int recordBytes = packed.getInt();
      each.record(bytes, packed.position(), recordBytes);
      packed.position(packed.position() + recordBytes);
    }
  }
}
