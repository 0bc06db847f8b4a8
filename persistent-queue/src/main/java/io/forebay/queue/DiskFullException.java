package io.forebay.queue;

import java.io.IOException;
import java.util.Locale;

/**
 * The file system of a queue has no room, though the queue itself may grow. The message is for
 * people and says what to do.
 */
public final class DiskFullException extends IOException {

  private static final long serialVersionUID = 1;

  private DiskFullException(String message, Exception cause) {
    super(message, cause);
  }

  /** Whether the system said that there is no room, or that a quota is used up. */
  public static boolean isCause(Exception failure) {
    String message = failure instanceof IOException ? failure.getMessage() : null;
    if (message == null) {
      return false;
    }
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("no space left on device") || text.contains("quota exceeded");
  }

  /** The failure as this exception where it is one of this kind, and else as it is. */
  static IOException orIs(Exception failure) {
    if (isCause(failure)) {
      return new DiskFullException("the file system is full: " + failure.getMessage(), failure);
    }
    return failure instanceof IOException e ? e : new IOException("the append failed", failure);
  }
}
