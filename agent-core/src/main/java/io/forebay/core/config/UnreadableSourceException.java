package io.forebay.core.config;

import org.jspecify.annotations.Nullable;

/** A file, or the YAML in it, cannot be read at all: there is one problem to tell, and no tree. */
final class UnreadableSourceException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Position position;
  private final @Nullable String suggestion;

  UnreadableSourceException(Position position, String message, @Nullable String suggestion) {
    super(message, null, false, false);
    this.position = position;
    this.suggestion = suggestion;
  }

  void reportTo(Problems problems) {
    problems.error(position, null, String.valueOf(getMessage()), suggestion);
  }
}
