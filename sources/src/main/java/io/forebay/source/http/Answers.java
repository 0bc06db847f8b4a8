package io.forebay.source.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.io.JsonStringEncoder;

/** Writes the answers, all of them JSON. */
final class Answers {

  private final String retryAfterSeconds;
  private final @Nullable String challenge;

  Answers(Duration retryAfter, @Nullable String challenge) {
    this.retryAfterSeconds = Long.toString(Math.max(1, (retryAfter.toMillis() + 999) / 1000));
    this.challenge = challenge;
  }

  /** 200 with the number of items. */
  Mono<Void> accepted(HttpServerResponse response, int count) {
    return send(response, HttpResponseStatus.OK, "{\"accepted\":" + count + "}");
  }

  /** What the refusal says, and when to come back. */
  Mono<Void> refused(HttpServerResponse response, Refusal refusal) {
    HttpResponseStatus status = refusal.status();
    if (refusal.isWorthRetrying()) {
      response.header(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
    }
    if (refusal.isClosing()) {
      response.header(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (challenge != null && status.equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.header(HttpHeaderNames.WWW_AUTHENTICATE, challenge);
    }
    if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.header(HttpHeaderNames.ALLOW, "POST, PUT");
    }
    if (status.equals(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE)) {
      response.header(HttpHeaderNames.ACCEPT_ENCODING, "gzip, deflate, zstd");
    }
    StringBuilder body = new StringBuilder("{\"error\":\"");
    body.append(JsonStringEncoder.getInstance().quoteAsCharArray(refusal.getMessage()));
    body.append('"');
    if (refusal.offset() >= 0) {
      body.append(",\"offset\":").append(refusal.offset());
    }
    return send(response, status, body.append('}').toString());
  }

  private static Mono<Void> send(
      HttpServerResponse response, HttpResponseStatus status, String json) {
    ByteBuf body = Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8));
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()))
        .sendObject(body)
        .then();
  }
}
