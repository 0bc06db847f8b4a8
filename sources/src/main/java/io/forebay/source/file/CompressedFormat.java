package io.forebay.source.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Tells compressed files, which rotation leaves behind and which hold no lines. */
final class CompressedFormat {

  private CompressedFormat() {}

  /** The format by the file's first bytes: gzip, bzip2, xz or zstd; null for any other. */
  static @Nullable String of(FileChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(6);
    if (channel.read(head, 0) < 6) {
      return null;
    }
    int first = head.getInt(0);
    if (first >>> 16 == 0x1f8b) {
      return "gzip";
    }
    if (first >>> 8 == 0x425a68 && head.get(4) == 0x31 && head.get(5) == 0x41) {
      return "bzip2";
    }
    if (first == 0xfd377a58 && head.get(4) == 0x5a && head.get(5) == 0) {
      return "xz";
    }
    return first == 0x28b52ffd ? "zstd" : null;
  }
}
