package io.forebay.queue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
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
    byte[] raw = header.compressed() ? decompressed(header, body) : new byte[header.rawBytes()];
    if (raw == null) {
      return null;
    }
    if (!header.compressed()) {
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

  private static byte @Nullable [] decompressed(FrameHeader header, ByteBuffer body) {
    byte[] stored = new byte[body.remaining()];
    body.get(stored);
    if (stored.length == 0
        || Zstd.getFrameContentSize(stored, 0, stored.length) != header.rawBytes()) {
      return null; // nothing is made room for on the word of one of them alone
    }
    byte[] raw = new byte[header.rawBytes()];
    try {
      long n = Zstd.decompressByteArray(raw, 0, raw.length, stored, 0, stored.length);
      return n == raw.length ? raw : null;
    } catch (ZstdException e) {
      return null;
    }
  }
}
