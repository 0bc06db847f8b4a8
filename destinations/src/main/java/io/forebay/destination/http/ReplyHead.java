package io.forebay.destination.http;

import io.forebay.core.item.ByteSlice;
import io.netty.buffer.ByteBuf;

/**
 * Reads an answer's body without keeping more than its head, up to a bound beyond which the
 * connection is not worth the reading. Used by one thread at a time.
 */
final class ReplyHead {

  /** More than this is not read: the connection is closed instead. */
  static final int MAX_READ_BYTES = 256 << 10;

  private final byte[] kept;
  private int size;
  private long read;

  ReplyHead(int keepBytes) {
    this.kept = new byte[keepBytes];
  }

  /** Takes a piece, which stays the caller's; true when enough has been read. */
  boolean add(ByteBuf piece) {
    int bytes = piece.readableBytes();
    int wanted = Math.min(bytes, kept.length - size);
    piece.getBytes(piece.readerIndex(), kept, size, wanted);
    size += wanted;
    read += bytes;
    return read > MAX_READ_BYTES;
  }

  /** What was kept; nothing may be added afterwards. */
  ByteSlice bytes() {
    return ByteSlice.of(kept, 0, size);
  }
}
