package io.forebay.source.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that is not taken, or not known to be safe: the answer to give. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int NO_OFFSET = -1;

  private final transient HttpResponseStatus status;
  private final boolean worthRetrying;
  private final boolean closing;
  private final long offset;

  private Refusal(
      HttpResponseStatus status,
      String message,
      boolean worthRetrying,
      boolean closing,
      long offset) {
    // An answer, not a fault: no stack trace, which would cost more than the request.
    super(message, null, false, false);
    this.status = status;
    this.worthRetrying = worthRetrying;
    this.closing = closing;
    this.offset = offset;
  }

  /** The client has to change its request. */
  static Refusal because(HttpResponseStatus status, String message) {
    return new Refusal(status, message, false, false, NO_OFFSET);
  }

  /** The body is not what it claims to be, from this byte of the (decompressed) body on. */
  static Refusal malformed(String message, long offset) {
    return new Refusal(HttpResponseStatus.BAD_REQUEST, message, false, false, offset);
  }

  /** Too much, as it is sent or as it is unpacked. */
  static Refusal tooLarge(String message) {
    return because(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, message);
  }

  /** The same request may succeed later. */
  static Refusal busy(String message) {
    return new Refusal(HttpResponseStatus.TOO_MANY_REQUESTS, message, true, false, NO_OFFSET);
  }

  /** The client has waited long enough. What it sent may still be delivered. */
  static Refusal late() {
    return new Refusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "not acknowledged within write_timeout; send the request again",
        true,
        false,
        NO_OFFSET);
  }

  /** The source stops. */
  static Refusal stopping() {
    return new Refusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "not acknowledged: the agent is stopping; send the request again",
        true,
        true,
        NO_OFFSET);
  }

  /** A fault of the agent. */
  static Refusal failed() {
    return new Refusal(
        HttpResponseStatus.INTERNAL_SERVER_ERROR,
        "the agent failed to handle the request; its log says why",
        true,
        true,
        NO_OFFSET);
  }

  HttpResponseStatus status() {
    return status;
  }

  boolean isWorthRetrying() {
    return worthRetrying;
  }

  boolean isClosing() {
    return closing;
  }

  /** Where in the body the trouble is, or -1. */
  long offset() {
    return offset;
  }
}
