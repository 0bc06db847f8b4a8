package io.forebay.source.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Says for people why a file cannot be read. */
final class FileFaults {

  private FileFaults() {}

  /** The reason and how to mend it, without the path. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied; let the agent's user ("
          + System.getProperty("user.name")
          + ") read it";
    }
    @Nullable String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason != null ? reason : e.getClass().getSimpleName();
  }
}
