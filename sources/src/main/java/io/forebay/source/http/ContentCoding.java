package io.forebay.source.http;

import com.github.luben.zstd.ZstdInputStream;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The content codings (RFC 9110, section 8.4.1) that a body may have. */
public enum ContentCoding {
  UNCOMPRESSED,
  GZIP,
  DEFLATE,
  ZSTD;

  // RFC 9659: a zstd frame sent as HTTP content must not need a window of more than 8 MiB.
  private static final int ZSTD_WINDOW_LOG = 23;

  /**
   * Reads a Content-Encoding header.
   *
   * @param absent what a missing or empty header means
   * @throws Refusal 415 when it is another, or more than one
   */
  static ContentCoding ofHeader(String header, ContentCoding absent) {
    if (header.isBlank()) {
      return absent;
    }
    return switch (header.strip().toLowerCase(Locale.ROOT)) {
      case "identity" -> UNCOMPRESSED;
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      case "zstd" -> ZSTD;
      default ->
          throw Refusal.because(
              HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
              "this Content-Encoding is not supported; use one of gzip, deflate, zstd, identity");
    };
  }

  /**
   * Decodes the first {@code length} bytes.
   *
   * @param target bounds the result: however small a body is, no more is unpacked than fits
   * @throws Refusal 400 when the body is damaged, 413 when it is too large
   */
  void decode(byte[] body, int length, GrowingBytes target) {
    try (InputStream in = open(body, length)) {
      while (true) {
        // Asked before there is a byte to store, so that a body of exactly the bound passes.
        int first = in.read();
        if (first < 0) {
          return;
        }
        int room = target.reserve(1);
        target.array()[target.size()] = (byte) first;
        target.advance(1);
        if (room > 1) {
          target.advance(Math.max(0, in.read(target.array(), target.size(), room - 1)));
        }
      }
    } catch (IOException e) {
      String name = name().toLowerCase(Locale.ROOT);
      throw Refusal.malformed("the body is damaged or no " + name + ": " + e.getMessage(), -1);
    }
  }

  private InputStream open(byte[] body, int length) throws IOException {
    InputStream in = new ByteArrayInputStream(body, 0, length);
    return switch (this) {
      case UNCOMPRESSED -> in;
      case GZIP -> new GZIPInputStream(in, 8 << 10);
      case DEFLATE -> inflate(in, body, length);
      case ZSTD -> new ZstdInputStream(in).setLongMax(ZSTD_WINDOW_LOG);
    };
  }

  /** Deflate means the zlib format, but some clients send the bare stream (RFC 9110, 8.4.1.2). */
  private static InputStream inflate(InputStream in, byte[] body, int length) {
    boolean zlib =
        length >= 2
            && (body[0] & 0x0f) == 8
            && (((body[0] & 0xff) << 8) | (body[1] & 0xff)) % 31 == 0;
    Inflater inflater = new Inflater(!zlib);
    return new InflaterInputStream(in, inflater, 8 << 10) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end();
      }
    };
  }
}
