package io.forebay.core.processor;

import io.forebay.core.item.ByteSlice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Puts a mask in the place of what a pattern finds. Gives the same object back when it finds
 * nothing; the bytes around a match are never altered, also where they are not UTF-8. Not thread
 * safe.
 */
final class TextMask {

  private final StepBoundText text;
  private final StepBoundMatcher matcher;
  private final String mask;
  private final byte[] maskBytes;
  private final Runnable onLimit;

  // Where the matches of the current text begin and end, in pairs, rising.
  private int[] spans = new int[16];
  private int ends;

  /**
   * @param text scratch, which may be shared with masks that are used on the same thread
   * @param onLimit told when a text took too many steps and was masked as a whole
   */
  TextMask(Pattern pattern, String mask, StepBoundText text, Runnable onLimit) {
    this.text = text;
    this.matcher = new StepBoundMatcher(pattern, text);
    this.mask = mask;
    this.maskBytes = mask.getBytes(StandardCharsets.UTF_8);
    this.onLimit = onLimit;
  }

  ByteSlice apply(ByteSlice value) {
    text.set(value);
    if (!findAll()) {
      return ByteSlice.of(maskBytes);
    }
    if (ends == 0) {
      return value;
    }
    String decoded = text.decoded();
    return decoded == null ? replace(value) : ByteSlice.utf8(replace(decoded));
  }

  String apply(String value) {
    text.set(value);
    if (!findAll()) {
      return mask;
    }
    return ends == 0 ? value : replace(value);
  }

  /** Fills {@link #spans}; false when the search had to be given up. */
  private boolean findAll() {
    ends = 0;
    matcher.reset();
    try {
      while (matcher.find()) {
        add(matcher.match());
      }
      return true;
    } catch (RegexLimitException e) {
      onLimit.run();
      return false;
    }
  }

  private void add(MatchResult match) {
    if (match.groupCount() == 0) {
      add(match.start(), match.end());
      return;
    }
    for (int group = 1; group <= match.groupCount(); group++) {
      add(match.start(group), match.end(group));
    }
  }

  private void add(int start, int end) {
    // A group that took no part is at -1; one inside another is masked with it.
    if (start < 0 || start == end || (ends > 0 && end <= spans[ends - 1])) {
      return;
    }
    if (ends + 2 > spans.length) {
      spans = Arrays.copyOf(spans, spans.length * 2);
    }
    spans[ends] = ends == 0 ? start : Math.max(start, spans[ends - 1]);
    spans[ends + 1] = end;
    ends += 2;
  }

  private ByteSlice replace(ByteSlice value) {
    int removed = 0;
    for (int i = 0; i < ends; i += 2) {
      removed += spans[i + 1] - spans[i];
    }
    byte[] out = new byte[value.length() - removed + ends / 2 * maskBytes.length];
    int from = 0;
    int to = 0;
    for (int i = 0; i < ends; i += 2) {
      int kept = spans[i] - from;
      System.arraycopy(value.array(), value.offset() + from, out, to, kept);
      System.arraycopy(maskBytes, 0, out, to + kept, maskBytes.length);
      to += kept + maskBytes.length;
      from = spans[i + 1];
    }
    System.arraycopy(value.array(), value.offset() + from, out, to, value.length() - from);
    return ByteSlice.of(out);
  }

  private String replace(String value) {
    StringBuilder out = new StringBuilder(value.length());
    int from = 0;
    for (int i = 0; i < ends; i += 2) {
      out.append(value, from, spans[i]).append(mask);
      from = spans[i + 1];
    }
    return out.append(value, from, value.length()).toString();
  }
}
