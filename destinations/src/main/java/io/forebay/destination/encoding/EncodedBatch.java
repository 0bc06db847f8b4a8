package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one batch. Thread safe. {@link #release} gives its array back for the next batch, and
 * does so only when no buffer made of it is still in use: a send that was given up may leave one in
 * a connection's outbound queue, and those bytes must not change any more.
 */
public final class EncodedBatch {

  private final List<ByteSlice> pieces;
  private final Consumer<EncodedLines> returnTo;
  private @Nullable EncodedLines lines;
  private @Nullable ByteBuf handedOut;

  private EncodedBatch(
      List<ByteSlice> pieces, @Nullable EncodedLines lines, Consumer<EncodedLines> returnTo) {
    this.pieces = pieces;
    this.lines = lines;
    this.returnTo = returnTo;
  }

  /** Bytes that belong to the items or to nobody else. */
  static EncodedBatch of(ByteSlice bytes) {
    return ofPieces(List.of(bytes));
  }

  /** Bytes that belong to the items, one piece after the other; at least one. */
  static EncodedBatch ofPieces(List<ByteSlice> pieces) {
    return new EncodedBatch(pieces, null, lines -> {});
  }

  /** Bytes that {@code lines} holds. */
  static EncodedBatch of(EncodedLines lines, Consumer<EncodedLines> returnTo) {
    return new EncodedBatch(List.of(ByteSlice.of(lines.array(), 0, lines.size())), lines, returnTo);
  }

  /**
   * The bytes in one piece, put together where they are not; not to be used after {@link #release}.
   */
  public ByteSlice bytes() {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    byte[] whole = new byte[length()];
    int at = 0;
    for (ByteSlice piece : pieces) {
      System.arraycopy(piece.array(), piece.offset(), whole, at, piece.length());
      at += piece.length();
    }
    return ByteSlice.of(whole);
  }

  /** Number of bytes. */
  public int length() {
    int sum = 0;
    for (ByteSlice piece : pieces) {
      sum = Math.addExact(sum, piece.length());
    }
    return sum;
  }

  /** A buffer around the same bytes, for the caller to release. */
  public synchronized ByteBuf newBuffer() {
    if (isHandedOut()) {
      // Two buffers at once (an attempt repeated on a new connection): not watched, so not reused.
      lines = null;
    }
    ByteBuf[] wrapped = new ByteBuf[pieces.size()];
    for (int i = 0; i < wrapped.length; i++) {
      ByteSlice piece = pieces.get(i);
      wrapped[i] = Unpooled.wrappedBuffer(piece.array(), piece.offset(), piece.length());
    }
    ByteBuf buffer = Unpooled.wrappedBuffer(wrapped.length, wrapped);
    handedOut = buffer;
    return buffer;
  }

  /** Idempotent. */
  public synchronized void release() {
    EncodedLines own = lines;
    lines = null;
    if (own != null && !isHandedOut()) {
      returnTo.accept(own);
    }
  }

  private boolean isHandedOut() {
    ByteBuf buffer = handedOut;
    return buffer != null && buffer.refCnt() > 0;
  }
}
