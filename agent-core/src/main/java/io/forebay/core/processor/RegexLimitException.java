package io.forebay.core.processor;

/**
 * A regular expression took more steps on one text than it may. Has no stack trace, so that it
 * costs little.
 */
final class RegexLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegexLimitException() {
    super("the regular expression took too many steps", null, false, false);
  }
}
