package io.forebay.destination.net;

import org.jspecify.annotations.Nullable;

/** The files of a {@code tls} block cannot be used; the message says which and why. */
public final class TlsFilesException extends Exception {

  private static final long serialVersionUID = 1L;

  TlsFilesException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
