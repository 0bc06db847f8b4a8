package io.forebay.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Parts of buffers, in order, to be copied once. Holds them without an object for each. */
final class PayloadPieces {

  /** What was copied is summed while it is still in the nearest cache. */
  private static final int CHUNK_BYTES = 8 * 1024;

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
    int checked = at;
    for (int i = 0; i < count; i++) {
      int start = starts[i];
      int left = lengths[i];
      while (left > 0) {
        int bytes = Math.min(left, CHUNK_BYTES);
        into.put(at, buffers[i], start, bytes);
        at += bytes;
        start += bytes;
        left -= bytes;
        if (at - checked >= CHUNK_BYTES) {
          checksum.update(into.limit(at).position(checked));
          into.limit(limit);
          checked = at;
        }
      }
    }
    checksum.update(into.limit(at).position(checked));
    into.limit(limit);
  }

  void clear() {
    Arrays.fill(buffers, 0, count, NOTHING);
    count = 0;
  }
}
