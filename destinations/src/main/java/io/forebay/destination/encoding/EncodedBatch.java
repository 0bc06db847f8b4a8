package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one batch. Thread safe. {@link #release} gives its array back for the next batch, and
 * does so only when no buffer made of it is still in use: a send that was given up may leave one in
 * a connection's outbound queue, and those bytes must not change any more.
 */
public final class EncodedBatch {

  private final ByteSlice bytes;
  private final Consumer<EncodedLines> returnTo;
  private @Nullable EncodedLines lines;
  private @Nullable ByteBuf handedOut;

  private EncodedBatch(
      ByteSlice bytes, @Nullable EncodedLines lines, Consumer<EncodedLines> returnTo) {
    this.bytes = bytes;
    this.lines = lines;
    this.returnTo = returnTo;
  }

  /** Bytes that belong to the items or to nobody else. */
  static EncodedBatch of(ByteSlice bytes) {
    return new EncodedBatch(bytes, null, lines -> {});
  }

  /** Bytes that {@code lines} holds. */
  static EncodedBatch of(EncodedLines lines, Consumer<EncodedLines> returnTo) {
    return new EncodedBatch(ByteSlice.of(lines.array(), 0, lines.size()), lines, returnTo);
  }

  /** The bytes; not to be used after {@link #release}. */
  public ByteSlice bytes() {
    return bytes;
  }

  /** A buffer around the same bytes, for the caller to release. */
  public synchronized ByteBuf newBuffer() {
    if (isHandedOut()) {
      // Two buffers at once (an attempt repeated on a new connection): not watched, so not reused.
      lines = null;
    }
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length());
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
