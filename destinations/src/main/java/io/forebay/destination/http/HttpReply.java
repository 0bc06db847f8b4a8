package io.forebay.destination.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/**
 * What a receiver answered.
 *
 * @param head the first bytes of the body, as many as were asked for
 */
record HttpReply(int status, HttpHeaders headers, byte[] head) {

  /** The kept part of the body as text, malformed bytes replaced. */
  String text() {
    return new String(head, StandardCharsets.UTF_8);
  }
}
