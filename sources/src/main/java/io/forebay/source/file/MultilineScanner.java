package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An item is a line that the pattern is found in, and the lines after it up to the next such line.
 * An item that would have more lines or bytes than it may ends earlier, and another begins. A line
 * that is too long by itself is cut and is an item by itself. Not thread safe.
 */
final class MultilineScanner implements ItemScanner {

  /** The pattern is looked for in so many bytes of a line, so that no line can stall the node. */
  private static final int MATCHED_BYTES = 4096;

  private final LineText text = new LineText();
  private final Matcher firstLine;
  private final int maxLines;
  private final int maxBytes;
  private final int maxLineBytes;

  MultilineScanner(Pattern firstLine, int maxLines, int maxBytes, int maxLineBytes) {
    this.firstLine = firstLine.matcher("");
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
    this.maxLineBytes = Math.min(maxLineBytes, maxBytes);
  }

  @Override
  public int scan(byte[] chunk, int length, Ending ending, Findings findings) {
    int itemStart = 0;
    int itemEnd = 0;
    int lines = 0;
    int lineStart = 0;
    for (int i = 0; i <= length; i++) {
      boolean lastLine = i == length;
      if (lastLine ? ending != Ending.FINAL || lineStart == length : chunk[i] != '\n') {
        continue;
      }
      int lineEnd = LineScanner.contentEnd(chunk, lineStart, i);
      boolean tooLong = lineEnd - lineStart > maxLineBytes;
      if (lines > 0
          && (tooLong
              || lines == maxLines
              || lineEnd - itemStart > maxBytes
              || isFirst(chunk, lineStart, lineEnd))) {
        findings.item(ByteSlice.of(chunk, itemStart, itemEnd - itemStart));
        itemStart = lineStart;
        lines = 0;
      }
      lineStart = Math.min(i + 1, length);
      if (tooLong) {
        LineScanner.line(chunk, itemStart, i, maxLineBytes, findings);
        itemStart = lineStart;
      } else {
        lines++;
        itemEnd = lineEnd;
      }
    }
    if (ending != Ending.OPEN && lines > 0) {
      findings.item(ByteSlice.of(chunk, itemStart, itemEnd - itemStart));
      itemStart = lineStart;
    }
    return itemStart;
  }

  @Override
  public int maxLineBytes() {
    return maxLineBytes;
  }

  @Override
  public int sufficientBytes() {
    return maxBytes + maxLineBytes + 4;
  }

  private boolean isFirst(byte[] chunk, int start, int end) {
    return firstLine.reset(text.of(chunk, start, Math.min(end - start, MATCHED_BYTES))).find();
  }
}
