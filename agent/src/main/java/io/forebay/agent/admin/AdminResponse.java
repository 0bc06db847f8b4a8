package io.forebay.agent.admin;

import java.nio.charset.StandardCharsets;

/**
 * An answer, whole.
 *
 * @param status HTTP status code
 * @param contentType value of the header
 * @param body not changed any more
 */
record AdminResponse(int status, String contentType, byte[] body) {

  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";

  static AdminResponse text(int status, String text) {
    return new AdminResponse(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  static AdminResponse json(int status, byte[] body) {
    return new AdminResponse(status, JSON, body);
  }
}
