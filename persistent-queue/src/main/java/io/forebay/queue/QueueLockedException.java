package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another queue of this process, holds the directory. */
public final class QueueLockedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String directory;

  public QueueLockedException(Path directory, String holder) {
    super("queue directory " + directory + " is in use by " + holder);
    this.directory = directory.toString();
  }

  public String directory() {
    return directory;
  }
}
