package io.forebay.destination.http;

import io.forebay.core.component.SendResult;

/** No token could be had; carries what that means for the batch. */
final class TokenUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient SendResult result;

  TokenUnavailableException(SendResult result) {
    super(result.toString());
    this.result = result;
  }

  SendResult result() {
    return result;
  }
}
