package io.forebay.agent.admin;

import io.forebay.core.item.ByteSlice;

/**
 * An answer, whole.
 *
 * @param status HTTP status code
 * @param contentType value of the header
 * @param body whole
 */
record AdminResponse(int status, String contentType, ByteSlice body) {

  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";

  static AdminResponse text(int status, String text) {
    return new AdminResponse(status, TEXT, ByteSlice.utf8(text));
  }

  static AdminResponse json(int status, byte[] body) {
    return new AdminResponse(status, JSON, ByteSlice.of(body));
  }
}
