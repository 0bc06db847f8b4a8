package io.forebay.destination.http;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.item.Batch;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.EncodedBatch;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Sends each batch as the body of one request. */
final class HttpDestination implements Destination {

  /** More than is shown, so that a secret at the edge is recognised before the text is cut. */
  private static final int KEEP_BYTES = 4096;

  private static final int UNAUTHORIZED = 401;

  private final HttpMethod method;
  private final URI endpoint;
  private final HttpHeaders headers;
  private final BatchEncoder encoder;
  private final HttpTransport transport;
  private final @Nullable AccessTokens tokens;
  private final HttpOutcome outcome;
  private final Redaction redaction;

  HttpDestination(
      HttpMethod method,
      URI endpoint,
      HttpHeaders headers,
      BatchEncoder encoder,
      HttpTransport transport,
      @Nullable AccessTokens tokens,
      HttpOutcome outcome,
      Redaction redaction) {
    this.method = method;
    this.endpoint = endpoint;
    this.headers = headers;
    this.encoder = encoder;
    this.transport = transport;
    this.tokens = tokens;
    this.outcome = outcome;
    this.redaction = redaction;
  }

  @Override
  public Mono<Void> start() {
    return transport.warmUp();
  }

  @Override
  public Mono<SendResult> send(Batch batch) {
    if (batch.isEmpty()) {
      return Mono.just(Delivered.INSTANCE);
    }
    return encoder
        .sending(batch, this::attempt)
        .onErrorResume(failure -> Mono.just(ofFailure(failure)));
  }

  @Override
  public Mono<Void> close() {
    return transport.close().doFinally(signal -> encoder.close());
  }

  private Mono<SendResult> attempt(EncodedBatch body) {
    AccessTokens source = tokens;
    if (source == null) {
      return post(body, headers).map(reply -> outcome.ofReply(reply, redaction));
    }
    return source
        .current()
        .flatMap(
            token ->
                post(body, source, token)
                    .flatMap(
                        reply -> {
                          if (reply.status() != UNAUTHORIZED) {
                            return Mono.just(judge(reply, token));
                          }
                          // It may have been revoked before its time: once more with a new one.
                          source.refuse(token);
                          return source
                              .current()
                              .flatMap(
                                  renewed ->
                                      post(body, source, renewed)
                                          .map(again -> judge(again, renewed)));
                        }));
  }

  private SendResult judge(HttpReply reply, AccessToken token) {
    return outcome.ofReply(reply, redaction.with(token.value()));
  }

  private Mono<HttpReply> post(EncodedBatch body, AccessTokens source, AccessToken token) {
    HttpHeaders authorized = headers.copy();
    source.authorize(authorized, token);
    return post(body, authorized);
  }

  private Mono<HttpReply> post(EncodedBatch body, HttpHeaders allHeaders) {
    return transport.exchange(
        new HttpCall(method, endpoint, allHeaders, body::newBuffer, body.length(), KEEP_BYTES));
  }

  private SendResult ofFailure(Throwable failure) {
    return failure instanceof TokenUnavailableException token
        ? token.result()
        : outcome.ofFailure(failure);
  }
}
