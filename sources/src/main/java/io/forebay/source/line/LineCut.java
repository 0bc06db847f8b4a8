package io.forebay.source.line;

/** Where a line that is too long is cut. */
public final class LineCut {

  private LineCut() {}

  /**
   * How many bytes of a line are kept: all that fit, but no part of a UTF-8 sequence, since the cut
   * would make a well-formed line malformed. In a line that is not UTF-8 up to three bytes more are
   * cut.
   *
   * @param length bytes of the line
   * @param maxLength bytes that may be kept, at least 1
   */
  public static int keep(byte[] bytes, int offset, int length, int maxLength) {
    if (length <= maxLength) {
      return length;
    }
    int kept = maxLength;
    for (int i = 0; i < 3 && kept > 1 && isContinuation(bytes[offset + kept]); i++) {
      kept--;
    }
    return isContinuation(bytes[offset + kept]) ? maxLength : kept;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
