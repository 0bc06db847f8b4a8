package io.forebay.queue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/**
 * The disk of a queue did not do what it was asked to. The message is for people: what is wrong,
 * and after a semicolon what mends it. It is the same in log, health and status, and in whatever
 * language the system speaks.
 */
public final class DiskException extends IOException {

  /** What is wrong, for those who act on it. */
  public enum Kind {
    /** The file system has no room, or a quota is used up, though the queue itself may grow. */
    FULL,
    /** The file system takes no changes. */
    READ_ONLY,
    /** The directory, or a file that is written to, was removed, moved away or replaced. */
    GONE,
    /** The user of this process may not do what it must. */
    DENIED,
    /** Another process holds the directory. */
    IN_USE,
    /** A newer version, or another queue, wrote what is there. */
    STRANGE,
    /** Anything else. */
    FAILING
  }

  private static final long serialVersionUID = 1;

  private final Kind kind;

  DiskException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  private DiskException(Kind kind, String what, String mend, Exception cause) {
    super(what + "; " + mend, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** What the failure of a disk means. One that is of this class already stays as it is. */
  public static DiskException of(Exception cause) {
    if (cause instanceof DiskException known) {
      return known;
    }
    if (NoSpace.isSaidBy(cause)) {
      return full(cause);
    }
    if (said(cause).toLowerCase(Locale.ROOT).contains("read-only file system")) {
      return readOnly(cause);
    }
    if (cause instanceof AccessDeniedException denied) {
      String what =
          "user '" + System.getProperty("user.name") + "' may not use " + denied.getFile();
      return new DiskException(
          Kind.DENIED,
          what,
          "give it the right to read and write the directory and its files",
          denied);
    }
    if (cause instanceof QueueFormatException) {
      DiskException strange = new DiskException(Kind.STRANGE, said(cause));
      strange.initCause(cause);
      return strange;
    }
    if (cause instanceof QueueLockedException) {
      return new DiskException(
          Kind.IN_USE, said(cause), "stop that, or give the queue another path", cause);
    }
    if (cause instanceof FileAlreadyExistsException inTheWay) {
      String what = inTheWay.getFile() + " is in the way";
      return new DiskException(Kind.FAILING, what, "remove it where it is not the queue's", cause);
    }
    if (!(cause instanceof IOException)) {
      String what = "the agent is at fault (" + cause + ")";
      return new DiskException(Kind.FAILING, what, "please report it, with the log", cause);
    }
    String what = "its disk fails (" + said(cause) + ")";
    return new DiskException(
        Kind.FAILING, what, "look at the disk, or give the queue another path", cause);
  }

  static DiskException full(Exception cause) {
    return new DiskException(Kind.FULL, "its file system is full", "make room on it", cause);
  }

  static DiskException readOnly(Exception cause) {
    return new DiskException(
        Kind.READ_ONLY,
        "its file system is read-only",
        "look at the disk, and mount it so that it can be written",
        cause);
  }

  /** The directory is not there any more, or is not the one that was. */
  static DiskException gone() {
    return new DiskException(
        Kind.GONE,
        "the directory was removed or moved away; put the directory back, or make an empty one");
  }

  /** The directory is there, and not the one that was locked, or its lock was removed. */
  static DiskException replaced() {
    return new DiskException(
        Kind.FAILING,
        "the directory, or the file '"
            + DirectoryLock.FILE_NAME
            + "' in it, was replaced; it is looked at again, and nothing has to be mended where the"
            + " directory is the right one");
  }

  /** In the words of the system, which may name a file and nothing else. */
  private static String said(Exception cause) {
    if (cause instanceof FileSystemException named && named.getReason() == null) {
      String file = String.valueOf(named.getFile());
      if (named instanceof NoSuchFileException) {
        return file + " is not there any more";
      }
      return file
          + (named instanceof NotDirectoryException ? " is no directory" : " cannot be used");
    }
    String message = cause.getMessage();
    return message == null ? "it does not say why" : message;
  }
}
