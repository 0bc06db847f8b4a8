package io.forebay.core.item;

/** Writes JSON strings from UTF-8 bytes, telling bytes that are not UTF-8. */
final class JsonStrings {

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  // 0: copy as it is; 1: escape; 2: start of a sequence of several bytes, to be checked.
  private static final byte[] ACTION = new byte[256];

  static {
    for (int i = 0; i < 0x20; i++) {
      ACTION[i] = 1;
    }
    ACTION['"'] = 1;
    ACTION['\\'] = 1;
    for (int i = 0x80; i < 0x100; i++) {
      ACTION[i] = 2;
    }
  }

  private JsonStrings() {}

  /**
   * Writes the bytes as a JSON string, quotes included.
   *
   * @return false when the bytes are not well-formed UTF-8; then nothing was written
   */
  static boolean writeUtf8(EncodedLines out, byte[] source, int offset, int length) {
    int start = out.size();
    // Each byte grows to at most six (a control character); reserving that much would be wasteful,
    // so runs are copied.
    out.write((byte) '"');
    int end = offset + length;
    int runStart = offset;
    int i = offset;
    while (i < end) {
      byte b = source[i];
      byte action = ACTION[b & 0xff];
      if (action == 0) {
        i++;
      } else if (action == 1) {
        out.write(source, runStart, i - runStart);
        escape(out, b);
        i++;
        runStart = i;
      } else {
        int sequence = sequenceLength(source, i, end);
        if (sequence == 0) {
          out.advanceTo(start);
          return false;
        }
        i += sequence;
      }
    }
    out.write(source, runStart, end - runStart);
    out.write((byte) '"');
    return true;
  }

  static boolean isUtf8(byte[] source, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      if (source[i] >= 0) {
        i++;
      } else {
        int sequence = sequenceLength(source, i, end);
        if (sequence == 0) {
          return false;
        }
        i += sequence;
      }
    }
    return true;
  }

  private static void escape(EncodedLines out, byte b) {
    out.write((byte) '\\');
    switch (b) {
      case '"', '\\' -> out.write(b);
      case '\n' -> out.write((byte) 'n');
      case '\r' -> out.write((byte) 'r');
      case '\t' -> out.write((byte) 't');
      case '\b' -> out.write((byte) 'b');
      case '\f' -> out.write((byte) 'f');
      default -> {
        out.writeAscii("u00");
        out.write(HEX[(b >> 4) & 0xf]);
        out.write(HEX[b & 0xf]);
      }
    }
  }

  /**
   * Length of the well-formed sequence of 2 to 4 bytes that begins at {@code i} (RFC 3629, table of
   * section 4), or 0 when it is malformed or cut off.
   */
  private static int sequenceLength(byte[] source, int i, int end) {
    int lead = source[i] & 0xff;
    if (lead < 0xc2 || lead > 0xf4) {
      return 0;
    }
    if (lead < 0xe0) {
      return i + 1 < end && isContinuation(source[i + 1]) ? 2 : 0;
    }
    if (i + 2 >= end) {
      return 0;
    }
    int second = source[i + 1] & 0xff;
    if (lead < 0xf0) {
      int low = lead == 0xe0 ? 0xa0 : 0x80;
      int high = lead == 0xed ? 0x9f : 0xbf;
      return second >= low && second <= high && isContinuation(source[i + 2]) ? 3 : 0;
    }
    int low = lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xf4 ? 0x8f : 0xbf;
    return i + 3 < end
            && second >= low
            && second <= high
            && isContinuation(source[i + 2])
            && isContinuation(source[i + 3])
        ? 4
        : 0;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
