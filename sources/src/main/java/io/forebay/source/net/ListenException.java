package io.forebay.source.net;

/** A source cannot listen on its address. The message names node and address and says why. */
public final class ListenException extends RuntimeException {

  public ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
