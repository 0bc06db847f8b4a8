package io.forebay.agent.demo;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * A receiver on the loopback interface that can be switched off and on. While off its port is
 * closed and its connections are cut, as after a crash: requests under way get no answer, although
 * some of them were taken.
 */
final class DemoReceiver implements AutoCloseable {

  private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);

  private final LoopResources loop = LoopResources.create("demo-receiver", 1, true);
  private final ReceivedItems received = new ReceivedItems();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private @Nullable DisposableServer server;
  private int port;

  /** Opens the port: any free one at first, the same one afterwards. Blocks until bound. */
  synchronized void switchOn() {
    if (server != null) {
      return;
    }
    DisposableServer bound =
        HttpServer.create()
            .runOn(loop, false)
            .bindAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .doOnChannelInit((observer, channel, remote) -> connections.add(channel))
            .handle(this::receive)
            .bindNow(BIND_TIMEOUT);
    port = bound.port();
    server = bound;
  }

  /** Closes the port and cuts the connections. Blocks until closed. */
  synchronized void switchOff() {
    DisposableServer bound = server;
    if (bound != null) {
      server = null;
      bound.disposeNow(BIND_TIMEOUT);
      connections.close().awaitUninterruptibly(BIND_TIMEOUT.toMillis());
    }
  }

  synchronized boolean isOn() {
    return server != null;
  }

  /** Where to post; known once it was on. */
  synchronized String endpoint() {
    return "http://127.0.0.1:" + port + "/ingest";
  }

  ReceivedItems received() {
    return received;
  }

  private Publisher<Void> receive(HttpServerRequest request, HttpServerResponse response) {
    if (!request.method().equals(HttpMethod.POST)) {
      return response.status(405).send();
    }
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .doOnNext(received::receive)
        .then(Mono.defer(() -> response.status(200).send().then()));
  }

  @Override
  public void close() {
    switchOff();
    loop.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(BIND_TIMEOUT);
  }
}
