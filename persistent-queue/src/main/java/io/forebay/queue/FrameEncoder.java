package io.forebay.queue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Collects records into one frame and encodes it. Not safe for concurrent use; reused for frame
 * after frame.
 */
final class FrameEncoder {

  /** A frame is closed when it holds so many bytes; only a single record may be larger. */
  static final int TARGET_PAYLOAD_BYTES = 128 * 1024;

  static final int TARGET_RECORDS = 16 * 1024;

  private static final int ZSTD_LEVEL = 1;

  private final Compression compression;
  private final PayloadPieces payload = new PayloadPieces();
  private final CRC32C checksum = new CRC32C();
  private int[] lengths = new int[64];
  private int count;
  private int payloadBytes;
  private byte[] raw = new byte[0];
  private byte[] packed = new byte[0];

  FrameEncoder(Compression compression) {
    this.compression = compression;
  }

  int count() {
    return count;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  /** Upper bound of the frame's length on disk if it ended here. */
  int maxTotalBytes() {
    return FrameHeader.BYTES + count * Integer.BYTES + payloadBytes;
  }

  /** Announces a record; its bytes follow by {@link #addPayload}. */
  void addLength(int length) {
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    lengths[count++] = length;
    payloadBytes += length;
  }

  /** Adds bytes of the announced records, in order; read when {@link #encode} is called. */
  void addPayload(ByteBuffer bytes) {
    payload.add(bytes, bytes.position(), bytes.remaining());
  }

  /** As {@link #addPayload(ByteBuffer)}, with a part of the buffer. */
  void addPayload(ByteBuffer bytes, int start, int length) {
    payload.add(bytes, start, length);
  }

  /**
   * Puts the frame at the buffer's position and forgets its records.
   *
   * @param into has at least {@link #maxTotalBytes} remaining
   */
  void encode(ByteBuffer into, long firstSequence, long appendedAtMillis) {
    int start = into.position();
    int body = start + FrameHeader.BYTES;
    into.position(body);
    checksum.reset();
    boolean compressed = compression == Compression.ZSTD && putCompressed(into);
    if (!compressed) {
      putRaw(into);
    }
    int bodyBytes = into.position() - body;
    new FrameHeader(
            bodyBytes,
            firstSequence,
            appendedAtMillis,
            count,
            payloadBytes,
            compressed,
            (int) checksum.getValue())
        .encode(into, start);
    clear();
  }

  /** Puts the body as it is, and sums it. */
  private void putRaw(ByteBuffer into) {
    int start = into.position();
    int limit = into.limit();
    for (int i = 0; i < count; i++) {
      into.putInt(start + i * Integer.BYTES, lengths[i]);
    }
    checksum.update(into.limit(start + count * Integer.BYTES));
    payload.copyTo(into.limit(limit), checksum);
  }

  /** Leaves the buffer alone and says false when compression does not make the body smaller. */
  private boolean putCompressed(ByteBuffer into) {
    int rawBytes = count * Integer.BYTES + payloadBytes;
    raw = sized(raw, rawBytes);
    putRaw(ByteBuffer.wrap(raw));
    packed =
        sized(packed, (int) Math.min(Zstd.compressBound(rawBytes), FrameHeader.MAX_BODY_BYTES));
    long n = Zstd.compressByteArray(packed, 0, packed.length, raw, 0, rawBytes, ZSTD_LEVEL);
    if (Zstd.isError(n) || n >= rawBytes) {
      checksum.reset();
      return false;
    }
    into.put(packed, 0, (int) n);
    checksum.reset();
    checksum.update(packed, 0, (int) n);
    return true;
  }

  /** Keeps a scratch array of a usual size, and lets go of one that a huge record asked for. */
  private static byte[] sized(byte[] scratch, int bytes) {
    boolean fits = scratch.length >= bytes && scratch.length <= 4 * TARGET_PAYLOAD_BYTES;
    return fits ? scratch : new byte[bytes];
  }

  /** Forgets the records collected so far. */
  void clear() {
    payload.clear();
    count = 0;
    payloadBytes = 0;
  }
}
