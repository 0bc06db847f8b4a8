package io.forebay.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Parts of buffers, in order, to be copied once. Holds them without an object for each. */
final class PayloadPieces {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ByteBuffer[] buffers = newBuffers(64);
  private int[] starts = new int[64];
  private int[] lengths = new int[64];
  private int count;

  private static ByteBuffer[] newBuffers(int count) {
    ByteBuffer[] buffers = new ByteBuffer[count];
    Arrays.fill(buffers, NOTHING);
    return buffers;
  }

  void add(ByteBuffer bytes, int start, int length) {
    if (count == starts.length) {
      ByteBuffer[] more = newBuffers(count * 2);
      System.arraycopy(buffers, 0, more, 0, count);
      buffers = more;
      starts = Arrays.copyOf(starts, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    buffers[count] = bytes;
    starts[count] = start;
    lengths[count++] = length;
  }

  /** Copies all to the buffer's position, and adds what was copied to a checksum. */
  void copyTo(ByteBuffer into, CRC32C checksum) {
    int limit = into.limit();
    int at = into.position();
    int start = at;
    for (int i = 0; i < count; i++) {
      into.put(at, buffers[i], starts[i], lengths[i]);
      at += lengths[i];
    }
    checksum.update(into.limit(at).position(start));
    into.limit(limit);
  }

  void clear() {
    Arrays.fill(buffers, 0, count, NOTHING);
    count = 0;
  }
}
