package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The directory was written by something that this version does not understand: a newer format, or
 * another queue's segments. Nothing in it was touched.
 */
public final class QueueFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public QueueFormatException(Path file, String what) {
    super(file + ": " + what);
  }
}
