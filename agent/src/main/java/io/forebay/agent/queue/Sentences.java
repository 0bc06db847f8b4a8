package io.forebay.agent.queue;

import io.forebay.queue.QueueFormatException;
import io.forebay.queue.QueueLockedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What went wrong with a file, in words: the system's own exceptions often name a path alone. */
public final class Sentences {

  private Sentences() {}

  /**
   * A sentence that names the file and the mend.
   *
   * @param about what was being worked on, where the failure names no file
   */
  public static String of(IOException e, Path about) {
    if (e instanceof QueueLockedException locked) {
      return locked.directory()
          + " is in use by "
          + locked.holder()
          + "; a queue is changed only while nothing uses it: stop the agent, run this again, and"
          + " start the agent. Nothing was changed";
    }
    if (e instanceof QueueFormatException || e instanceof SentenceException) {
      return String.valueOf(e.getMessage());
    }
    if (e instanceof FileSystemException failed) {
      String file = failed.getFile() == null ? about.toString() : failed.getFile();
      if (e instanceof NoSuchFileException) {
        return "there is no " + file;
      }
      if (e instanceof NotDirectoryException) {
        return file + " is not a directory; a queue is one";
      }
      if (e instanceof FileAlreadyExistsException) {
        return file + " is there already; name another";
      }
      if (e instanceof AccessDeniedException) {
        return "user "
            + System.getProperty("user.name")
            + " may not open "
            + file
            + "; run this as the agent's user";
      }
      return failed.getReason() == null ? file + ": " + e : file + ": " + failed.getReason();
    }
    return about + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
  }
}
