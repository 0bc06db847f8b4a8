package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another queue of this process, holds the directory. */
public final class QueueLockedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final String holder;

  /**
   * @param holder who has it, such as {@code process 7}
   */
  public QueueLockedException(Path directory, String holder) {
    super("queue directory " + directory + " is in use by " + holder);
    this.directory = directory.toString();
    this.holder = holder;
  }

  /** Who has the directory, such as {@code process 7}. */
  public String holder() {
    return holder;
  }

  public String directory() {
    return directory;
  }
}
