package io.forebay.destination.encoding;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.forebay.core.item.ByteSlice;
import java.util.Arrays;

/** Writes zstd frames (RFC 8878) with content size and checksum. */
final class ZstdCompressor implements Compressor {

  private static final int LEVEL = 3;

  private final ZstdCompressCtx context =
      new ZstdCompressCtx().setLevel(LEVEL).setChecksum(true).setContentSize(true);
  private byte[] buffer = new byte[0];

  @Override
  public ByteSlice compress(ByteSlice body) {
    int bound = Math.toIntExact(Zstd.compressBound(body.length()));
    byte[] target = buffer.length >= bound ? buffer : new byte[bound];
    int size =
        context.compressByteArray(
            target, 0, target.length, body.array(), body.offset(), body.length());
    buffer = target.length <= MAX_KEPT_BUFFER_BYTES ? target : new byte[0];
    return ByteSlice.of(Arrays.copyOf(target, size));
  }

  @Override
  public void close() {
    context.close();
  }
}
