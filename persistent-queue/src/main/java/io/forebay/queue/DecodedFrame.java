package io.forebay.queue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The records of a frame in memory.
 *
 * @param firstSequence of the first record
 * @param bytes the body before compression: the lengths, then the records
 * @param offsets where each record begins in {@code bytes}, and where the last one ends
 */
@SuppressWarnings("ArrayRecordComponent") // shared with leases, never copied
record DecodedFrame(long firstSequence, byte[] bytes, int[] offsets) {

  /**
   * Unpacks a body whose checksum was found right.
   *
   * @return null when it is not what its header says
   */
  static @Nullable DecodedFrame decode(FrameHeader header, ByteBuffer body) {
    byte[] raw = new byte[header.rawBytes()];
    if (header.compressed()) {
      byte[] stored = new byte[body.remaining()];
      body.get(stored);
      long n = Zstd.decompressByteArray(raw, 0, raw.length, stored, 0, stored.length);
      if (n != raw.length) { // an error code is no length either
        return null;
      }
    } else {
      body.get(raw);
    }
    ByteBuffer lengths = ByteBuffer.wrap(raw);
    int[] offsets = new int[header.count() + 1];
    long offset = (long) header.count() * Integer.BYTES;
    for (int i = 0; i < header.count(); i++) {
      offsets[i] = (int) offset;
      int length = lengths.getInt();
      offset += length;
      if (length < 0 || offset > raw.length) {
        return null;
      }
    }
    offsets[header.count()] = (int) offset;
    return offset == raw.length ? new DecodedFrame(header.firstSequence(), raw, offsets) : null;
  }
}
