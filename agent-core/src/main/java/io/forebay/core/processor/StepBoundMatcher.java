package io.forebay.core.processor;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A matcher over a {@link StepBoundText}. Not thread safe. */
final class StepBoundMatcher {

  private final StepBoundText text;
  private final Matcher matcher;

  StepBoundMatcher(Pattern pattern, StepBoundText text) {
    this.text = text;
    this.matcher = pattern.matcher(text);
  }

  /** Begins anew on what the text holds now. */
  void reset() {
    text.rewind();
    matcher.reset();
  }

  /**
   * Looks for the next match.
   *
   * @throws RegexLimitException when that takes too many steps or too deep a stack
   */
  boolean find() {
    try {
      return matcher.find();
    } catch (StackOverflowError e) {
      // java.util.regex descends once for each repetition of a group, so a long text can do this.
      throw new RegexLimitException();
    }
  }

  /** The match just found; valid until the next {@link #find}. */
  MatchResult match() {
    return matcher;
  }
}
