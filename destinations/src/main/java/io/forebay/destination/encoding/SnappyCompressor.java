package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.compression.Snappy;
import java.util.Arrays;

/**
 * Writes snappy blocks: the length of the text, then its elements.
 *
 * <p>The encoder at hand finds its matches by 16-bit offsets, so a body is given to it in
 * fragments, as other encoders do it too. What it writes of each is a block of its own; without
 * their lengths, blocks joined are the block of the texts joined, since an element never points
 * behind the start of its fragment.
 */
final class SnappyCompressor implements Compressor {

  // The largest that the encoder is used with by Netty's own frame encoder.
  private static final int FRAGMENT_BYTES = Short.MAX_VALUE;
  private static final int MAX_LENGTH_BYTES = 5;

  private final Snappy snappy = Snappy.withHashTableReuse();
  private final ByteBuf fragment = Unpooled.buffer(FRAGMENT_BYTES + FRAGMENT_BYTES / 6 + 32);
  private byte[] buffer = new byte[0];

  @Override
  public ByteSlice compress(ByteSlice body) {
    byte[] target = buffer.length > 0 ? buffer : new byte[body.length() / 2 + 64];
    int size = writeLength(body.length(), target);
    ByteBuf text = Unpooled.wrappedBuffer(body.array(), body.offset(), body.length());
    while (text.isReadable()) {
      int length = Math.min(text.readableBytes(), FRAGMENT_BYTES);
      fragment.clear();
      snappy.reset();
      snappy.encode(text.readSlice(length), fragment, length);
      fragment.skipBytes(lengthBytes(length));
      int more = fragment.readableBytes();
      if (target.length - size < more) {
        target = Arrays.copyOf(target, Math.max(size + more, target.length + target.length / 2));
      }
      fragment.readBytes(target, size, more);
      size += more;
    }
    buffer = target.length <= MAX_KEPT_BUFFER_BYTES ? target : new byte[0];
    return ByteSlice.of(Arrays.copyOf(target, size));
  }

  /** The length as a varint, seven bits a byte. */
  private static int writeLength(int length, byte[] target) {
    int size = 0;
    int rest = length;
    while (rest >= 0x80) {
      target[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[size++] = (byte) rest;
    return size;
  }

  private static int lengthBytes(int length) {
    int bytes = 1;
    while (bytes < MAX_LENGTH_BYTES && length >>> (7 * bytes) != 0) {
      bytes++;
    }
    return bytes;
  }

  @Override
  public void close() {}
}
