package io.forebay.destination.http;

import io.forebay.core.config.TlsSettings;
import io.forebay.destination.http.HttpOutputConfig.Protocol;
import io.forebay.destination.net.ClientTls;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * The connections of one {@code http_output}: kept alive, no more than it has workers, opened on
 * the first call. Thread safe. Does not judge answers.
 */
final class HttpTransport {

  // Shorter than the idle limits of common servers and load balancers, so that a request seldom
  // meets a connection that the other side is just closing.
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);
  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(10);

  private final ConnectionProvider connections;
  private final HttpClient plain;
  private final Duration timeout;
  private final ClientTls tls;
  private volatile @Nullable Secured secured;

  /**
   * @param timeout for connecting (10 s at most), the TLS handshake, and each wait for bytes of the
   *     answer
   * @param tls null for verified defaults
   */
  HttpTransport(
      String name,
      int workers,
      Duration timeout,
      @Nullable Duration maxAge,
      Protocol protocol,
      @Nullable TlsSettings tls,
      Clock clock) {
    ConnectionProvider.Builder pool =
        ConnectionProvider.builder("forebay-" + name)
            // The token endpoint has a pool of its own under the same bounds.
            .maxConnections(workers)
            .pendingAcquireMaxCount(2 * workers)
            .pendingAcquireTimeout(timeout)
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(MAX_IDLE)
            .lifo();
    if (maxAge != null) {
      pool.maxLifeTime(maxAge);
    }
    this.connections = pool.build();
    Duration connectTime = timeout.compareTo(MAX_CONNECT_TIME) < 0 ? timeout : MAX_CONNECT_TIME;
    this.plain =
        speaking(HttpClient.create(connections), protocol)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.max(1, Math.min(connectTime.toMillis(), Integer.MAX_VALUE)))
            .responseTimeout(timeout)
            .followRedirect(false);
    this.timeout = timeout;
    this.tls =
        new ClientTls(tls == null ? ClientTls.DEFAULTS : tls, protocol == Protocol.H2, clock);
  }

  /**
   * HTTP/1.1 is what a client speaks unasked. To ask for it all the same would load the JVM's trust
   * store, a tenth of a second that an endpoint without TLS need not wait for.
   */
  private static HttpClient speaking(HttpClient client, Protocol protocol) {
    return switch (protocol) {
      case HTTP1 -> client;
      case H2 -> client.protocol(HttpProtocol.H2);
      case H2C -> client.protocol(HttpProtocol.H2C);
    };
  }

  /**
   * Sends one request on subscription. Ends with the answer once its body has been read (up to a
   * bound), or with the failure of the connection or of the TLS files. Cancelling closes the
   * connection.
   */
  Mono<HttpReply> exchange(HttpCall call) {
    return client(call.uri()).flatMap(client -> exchange(client, call));
  }

  /**
   * Loads on subscription what the first request would wait for: threads, resolver, native code.
   * Never fails; without it the first request takes longer.
   */
  Mono<Void> warmUp() {
    return Mono.defer(plain::warmup)
        .subscribeOn(Schedulers.boundedElastic())
        .onErrorResume(e -> Mono.empty());
  }

  /** Closes all connections. Idempotent. */
  Mono<Void> close() {
    return connections.disposeLater();
  }

  private Mono<HttpReply> exchange(HttpClient client, HttpCall call) {
    return client
        .headers(headers -> headers.add(call.headers()).set("Content-Length", call.bodyBytes()))
        .request(call.method())
        .uri(call.uri())
        .send((request, outbound) -> outbound.send(Mono.fromSupplier(call.body())))
        .response((response, body) -> read(response, body, call.keepBytes()))
        .single();
  }

  private static Mono<HttpReply> read(HttpClientResponse response, ByteBufFlux body, int keep) {
    ReplyHead head = new ReplyHead(keep);
    return body.takeUntil(head::add)
        .then(
            Mono.fromSupplier(
                () ->
                    new HttpReply(
                        response.status().code(), response.responseHeaders(), head.bytes())));
  }

  private Mono<HttpClient> client(URI uri) {
    if (!EndpointRules.isHttps(uri)) {
      return Mono.just(plain);
    }
    return tls.context().map(this::secured);
  }

  private HttpClient secured(SslContext context) {
    Secured current = secured;
    if (current == null || !current.context.equals(context)) {
      current =
          new Secured(
              context, plain.secure(spec -> spec.sslContext(context).handshakeTimeout(timeout)));
      secured = current;
    }
    return current.client;
  }

  private record Secured(SslContext context, HttpClient client) {}
}
