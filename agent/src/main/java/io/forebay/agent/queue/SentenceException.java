package io.forebay.agent.queue;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure whose message is a whole sentence for people, with what it is about and the mend. */
final class SentenceException extends IOException {
  private static final long serialVersionUID = 1L;

  SentenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
