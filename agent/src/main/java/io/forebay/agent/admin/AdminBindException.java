package io.forebay.agent.admin;

import java.io.IOException;

/** The admin server cannot listen where it should. The message says how to mend it. */
public final class AdminBindException extends IOException {

  private static final long serialVersionUID = 1L;

  AdminBindException(AdminAddress address, Throwable cause) {
    super(
        "the admin server cannot listen on "
            + address
            + " ("
            + reason(cause)
            + "); choose another address with --admin HOST:PORT, or --admin off",
        cause);
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
