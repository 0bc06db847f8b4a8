package io.forebay.destination.localstorage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Finds the end of a gzip member (RFC 1952) whose header holds no optional fields, as ours do. */
final class GzipMember {

  private static final int WINDOW_BYTES = 64 << 10;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private GzipMember() {}

  /** Where the member that begins at {@code start} ends, or {@code start} when it is not whole. */
  static long end(FileChannel file, long start) throws IOException {
    long size = file.size();
    byte[] header = new byte[HEADER_BYTES];
    if (size - start < HEADER_BYTES + TRAILER_BYTES
        || !PartBytes.read(file, start, header, header.length)
        || header[0] != 0x1f
        || header[1] != (byte) 0x8b
        || header[2] != 8
        || header[3] != 0) {
      return start;
    }
    Inflater inflater = new Inflater(true);
    try {
      CRC32 crc = new CRC32();
      long trailer = inflate(file, start + HEADER_BYTES, inflater, crc);
      byte[] sums = new byte[TRAILER_BYTES];
      if (trailer < 0
          || size - trailer < sums.length
          || !PartBytes.read(file, trailer, sums, sums.length)) {
        return start;
      }
      boolean holds =
          PartBytes.littleEndian(sums, 0) == (int) crc.getValue()
              && PartBytes.littleEndian(sums, 4) == (int) inflater.getBytesWritten();
      return holds ? trailer + sums.length : start;
    } catch (DataFormatException e) {
      return start;
    } finally {
      inflater.end();
    }
  }

  /** Where the compressed data ends, or -1 when the file does before. */
  private static long inflate(FileChannel file, long start, Inflater inflater, CRC32 crc)
      throws IOException, DataFormatException {
    byte[] window = new byte[WINDOW_BYTES];
    byte[] text = new byte[WINDOW_BYTES];
    long at = start;
    while (!inflater.finished()) {
      if (inflater.needsInput()) {
        int length = (int) Math.min(window.length, file.size() - at);
        if (length <= 0 || !PartBytes.read(file, at, window, length)) {
          return -1;
        }
        inflater.setInput(window, 0, length);
        at += length;
      }
      crc.update(text, 0, inflater.inflate(text));
      if (inflater.needsDictionary()) {
        return -1;
      }
    }
    return at - inflater.getRemaining();
  }
}
