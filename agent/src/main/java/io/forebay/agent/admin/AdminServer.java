package io.forebay.agent.admin;

import io.forebay.source.net.LingeringClose;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * An HTTP/1.1 server for operators, on one thread of its own, so that a slow or hostile client of
 * it cannot touch the data path. Bounded: connections, header sizes, idle time. Bodies are thrown
 * away: a request with one is answered at once, and its connection closed in such a way that a
 * client that is still writing gets the answer.
 */
public final class AdminServer {

  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int MAX_CONNECTIONS = 64;
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
  private static final LingeringClose.Bounds LINGER =
      new LingeringClose.Bounds(Duration.ofSeconds(1), Duration.ofSeconds(5), 16 << 20);

  private final DisposableServer server;
  private final LoopResources loop;

  private AdminServer(DisposableServer server, LoopResources loop) {
    this.server = server;
    this.loop = loop;
  }

  /**
   * Serves an agent's pages from the return on. Blocks until bound.
   *
   * @param address enabled
   * @throws AdminBindException when the address is in use, unknown or not allowed
   */
  public static AdminServer start(AdminAddress address, AgentView agent, Clock clock)
      throws AdminBindException {
    return bind(address, AdminPages.of(agent, clock));
  }

  /**
   * Listens from the return on. Blocks until bound.
   *
   * @throws AdminBindException when the address is in use, unknown or not allowed
   */
  static AdminServer bind(AdminAddress address, List<AdminPage> pages) throws AdminBindException {
    LoopResources loop = LoopResources.create("forebay-admin", 1, true);
    AtomicInteger connections = new AtomicInteger();
    try {
      InetSocketAddress wanted = new InetSocketAddress(address.host(), address.port());
      if (wanted.isUnresolved()) {
        throw new IllegalArgumentException("unknown host");
      }
      DisposableServer server =
          HttpServer.create()
              .runOn(loop, false)
              .bindAddress(() -> wanted)
              .idleTimeout(IDLE_TIMEOUT)
              .requestTimeout(IDLE_TIMEOUT)
              .httpRequestDecoder(spec -> spec.maxInitialLineLength(2048).maxHeaderSize(8192))
              .doOnChannelInit((observer, channel, remote) -> limit(channel, connections))
              .handle(new AdminHandler(pages, HostCheck.of(wanted.getAddress(), address.host())))
              .bindNow(Duration.ofSeconds(10));
      return new AdminServer(server, loop);
    } catch (RuntimeException e) {
      loop.dispose();
      throw new AdminBindException(address, e);
    }
  }

  private static void limit(Channel channel, AtomicInteger connections) {
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
      channel
          .close()
          .addListener(closed -> log.debug("closed one connection too many: {}", channel));
      return;
    }
    // Also after headers that were too large, of which the codec does not say what is left.
    channel.pipeline().addFirst("forebay.linger", new LingeringClose(LINGER, () -> true));
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  /** Stops listening and closes every connection, on subscription. Idempotent. */
  public Mono<Void> close() {
    return Mono.fromRunnable(server::dispose)
        .then(server.onDispose())
        .then(loop.disposeLater(Duration.ZERO, Duration.ofSeconds(1)));
  }
}
