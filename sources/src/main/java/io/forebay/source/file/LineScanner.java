package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;
import io.forebay.source.line.LineCut;
import io.forebay.source.line.LineFeeds;

/** Each line is an item. A carriage return before the line feed belongs to the line feed. */
final class LineScanner implements ItemScanner {

  private final int maxLineBytes;

  LineScanner(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  @Override
  public int scan(byte[] chunk, int length, Ending ending, Findings findings) {
    int start = 0;
    for (int feed = LineFeeds.indexOf(chunk, 0, length); feed >= 0; ) {
      line(chunk, start, feed, maxLineBytes, findings);
      start = feed + 1;
      feed = LineFeeds.indexOf(chunk, start, length);
    }
    if (ending == Ending.FINAL && start < length) {
      line(chunk, start, length, maxLineBytes, findings);
      start = length;
    }
    return start;
  }

  @Override
  public int maxLineBytes() {
    return maxLineBytes;
  }

  @Override
  public int sufficientBytes() {
    return maxLineBytes + 2;
  }

  /** Hands out the line, which ends before {@code end}, cut where it is too long. */
  static void line(byte[] chunk, int start, int end, int maxLineBytes, Findings findings) {
    int length = contentEnd(chunk, start, end) - start;
    int kept = LineCut.keep(chunk, start, length, maxLineBytes);
    findings.item(ByteSlice.of(chunk, start, kept));
    if (kept < length) {
      findings.cut(length - kept);
    }
  }

  /** Where the line ends without its carriage return. */
  static int contentEnd(byte[] chunk, int start, int end) {
    return end > start && chunk[end - 1] == '\r' ? end - 1 : end;
  }
}
