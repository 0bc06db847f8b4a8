package io.forebay.destination.encoding;

import org.jspecify.annotations.Nullable;

/** How a body is compressed. */
public enum BodyCompression {
  UNCOMPRESSED(null, ""),
  GZIP("gzip", ".gz"),
  ZSTD("zstd", ".zst");

  private final @Nullable String contentEncoding;
  private final String fileExtension;

  BodyCompression(@Nullable String contentEncoding, String fileExtension) {
    this.contentEncoding = contentEncoding;
    this.fileExtension = fileExtension;
  }

  /** The value of {@code Content-Encoding}, or null for none. */
  public @Nullable String contentEncoding() {
    return contentEncoding;
  }

  /** What a file's name ends with, the point included; empty for none. */
  public String fileExtension() {
    return fileExtension;
  }

  @Nullable Compressor newCompressor() {
    return switch (this) {
      case UNCOMPRESSED -> null;
      case GZIP -> new GzipCompressor();
      case ZSTD -> new ZstdCompressor();
    };
  }
}
