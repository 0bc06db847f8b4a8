package io.forebay.destination.http;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An HTTP server that keeps what it gets and answers as it is told. Keeps its port over restarts.
 */
final class HttpReceiver {

  /** A request as it came, in the order of arrival. */
  record Received(String method, String uri, HttpHeaders headers, byte[] body) {}

  /** What to answer. */
  record Answer(int status, List<String> headers, String body) {
    static Answer of(int status) {
      return new Answer(status, List.of(), "");
    }

    static Answer of(int status, String body) {
      return new Answer(status, List.of(), body);
    }

    /**
     * @param header name and value, separated by a colon
     */
    Answer with(String header) {
      return new Answer(status, List.of(header), body);
    }
  }

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final UnaryOperator<HttpServer> options;
  private volatile Function<Received, Mono<Answer>> answers = r -> Mono.just(Answer.of(200));
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile DisposableServer server;
  private int port;

  HttpReceiver(UnaryOperator<HttpServer> options) {
    this.options = options;
  }

  void start() {
    if (server != null) {
      return;
    }
    server =
        options
            .apply(HttpServer.create().host("127.0.0.1").port(port).channelGroup(connections))
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .map(
                            body ->
                                new Received(
                                    request.method().name(),
                                    request.uri(),
                                    request.requestHeaders().copy(),
                                    body))
                        .doOnNext(received::add)
                        .flatMap(request1 -> answers.apply(request1))
                        .flatMap(answer -> write(response, answer)))
            .bindNow();
    port = server.port();
  }

  void stop() {
    DisposableServer running = server;
    server = null;
    if (running != null) {
      running.disposeNow();
      connections.close().awaitUninterruptibly();
    }
  }

  int port() {
    return port;
  }

  void answer(Answer answer) {
    answers = r -> Mono.just(answer);
  }

  void answer(Function<Received, Mono<Answer>> how) {
    answers = how;
  }

  List<Received> received() {
    return received;
  }

  private static Mono<Void> write(HttpServerResponse response, Answer answer) {
    response.status(answer.status);
    for (String header : answer.headers) {
      int colon = header.indexOf(':');
      response.addHeader(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    return response.sendString(Mono.just(answer.body)).then();
  }
}
