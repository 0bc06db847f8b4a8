package io.forebay.destination.tcp;

/** A send came after the destination was closed. */
final class ClosedDestinationException extends Exception {

  private static final long serialVersionUID = 1L;

  ClosedDestinationException() {
    super("this destination was closed");
  }
}
