package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;

/**
 * Compresses bodies one after the other, keeping its state and its buffer between them. Not thread
 * safe; to be closed, since that state may not be on the heap.
 */
sealed interface Compressor extends AutoCloseable
    permits GzipCompressor, SnappyCompressor, ZstdCompressor {

  /** A buffer that one large body made larger than this is let go. */
  int MAX_KEPT_BUFFER_BYTES = 4 << 20;

  /** One whole gzip member, zstd frame or snappy block, in an array of its own. */
  ByteSlice compress(ByteSlice body);

  @Override
  void close();
}
