package io.forebay.destination.encoding;

import org.jspecify.annotations.Nullable;

/** How a body is compressed. */
public enum BodyCompression {
  UNCOMPRESSED(null),
  GZIP("gzip"),
  ZSTD("zstd"),
  /** The block format, which is what receivers mean by it in {@code Content-Encoding}. */
  SNAPPY("snappy");

  private final @Nullable String contentEncoding;

  BodyCompression(@Nullable String contentEncoding) {
    this.contentEncoding = contentEncoding;
  }

  /** The value of {@code Content-Encoding}, or null for none. */
  public @Nullable String contentEncoding() {
    return contentEncoding;
  }

  @Nullable Compressor newCompressor() {
    return switch (this) {
      case UNCOMPRESSED -> null;
      case GZIP -> new GzipCompressor();
      case ZSTD -> new ZstdCompressor();
      case SNAPPY -> new SnappyCompressor();
    };
  }
}
