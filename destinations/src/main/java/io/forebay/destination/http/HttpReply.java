package io.forebay.destination.http;

import io.forebay.core.item.ByteSlice;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * What a receiver answered.
 *
 * @param head the first bytes of the body, as many as were asked for
 */
record HttpReply(int status, HttpHeaders headers, ByteSlice head) {

  /** The kept part of the body as text, malformed bytes replaced. */
  String text() {
    return head.toUtf8();
  }
}
