package io.forebay.destination.localstorage;

import io.forebay.destination.encoding.BodyCompression;

/**
 * How files are compressed: in forms whose pieces may follow each other in a file and show where
 * each of them ends, so that what a crash left unfinished can be told and cut off.
 */
public enum ArchiveCompression {
  UNCOMPRESSED(BodyCompression.UNCOMPRESSED, ""),
  GZIP(BodyCompression.GZIP, ".gz"),
  ZSTD(BodyCompression.ZSTD, ".zst");

  private final BodyCompression pieces;
  private final String fileExtension;

  ArchiveCompression(BodyCompression pieces, String fileExtension) {
    this.pieces = pieces;
    this.fileExtension = fileExtension;
  }

  /** How each piece, one a batch, is compressed. */
  BodyCompression pieces() {
    return pieces;
  }

  /** What a file's name ends with, the point included; empty for none. */
  String fileExtension() {
    return fileExtension;
  }

  /** The compression of a file with this name. */
  static ArchiveCompression of(String fileName) {
    for (ArchiveCompression compression : values()) {
      if (compression != UNCOMPRESSED && fileName.endsWith(compression.fileExtension)) {
        return compression;
      }
    }
    return UNCOMPRESSED;
  }
}
