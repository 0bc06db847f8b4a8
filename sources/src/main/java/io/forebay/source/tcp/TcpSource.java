package io.forebay.source.tcp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.item.Batch;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.forebay.source.net.ConnectionLimits;
import io.forebay.source.net.Listening;
import io.forebay.source.net.ListeningChannel;
import io.forebay.source.net.ServerTls;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.tcp.TcpServer;

/** Listens while it is subscribed; each connection is read by its {@link TcpConnection}. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class TcpSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(TcpSource.class);

  // One read takes what the socket holds, up to this: fewer system calls for a fast client. The
  // allocator learns the size, so a slow connection does not cost so much.
  private static final int SMALLEST_READ_BYTES = 2 << 10;
  private static final int FIRST_READ_BYTES = 16 << 10;
  private static final int LARGEST_READ_BYTES = 256 << 10;
  private static final int BACKLOG = 1024;

  // As many bytes as a destination holds in memory by default.
  private static final int MAX_IDLE_CHUNKS = 32;

  private final TcpInputConfig config;
  private final ComponentContext context;
  private final Consumer<InetSocketAddress> onBound;
  private volatile @Nullable Listener latest;

  TcpSource(TcpInputConfig config, ComponentContext context, Consumer<InetSocketAddress> onBound) {
    this.config = config;
    this.context = context;
    this.onBound = onBound;
  }

  @Override
  public Flux<Batch> batches() {
    return Flux.usingWhen(
        Mono.fromSupplier(() -> latest = new Listener()),
        listener -> listen(listener).thenMany(listener.intake.batches()),
        Listener::stop);
  }

  @Override
  public boolean isUp() {
    Listener listener = latest;
    return listener != null && listener.channel.isOpen();
  }

  private Mono<Void> listen(Listener listener) {
    TlsSettings tls = config.tls();
    Mono<TcpServer> server =
        tls == null || !tls.enabled()
            ? Mono.fromSupplier(this::server)
            : Mono.fromCallable(() -> ServerTls.context(tls, context.nodeName()))
                .subscribeOn(Schedulers.boundedElastic())
                .map(this::secured);
    return server.flatMap(
        configured ->
            Listening.orExplain(
                Mono.defer(() -> bind(configured, listener)),
                context.nodeName(),
                Listening.address(config.listen(), config.port())));
  }

  private TcpServer secured(SslContext ssl) {
    return server().secure(spec -> spec.sslContext(ssl));
  }

  private TcpServer server() {
    return TcpServer.create()
        .host(config.listen())
        .port(config.port())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(
                SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES));
  }

  private Mono<Void> bind(TcpServer server, Listener listener) {
    ByteBudget budget = new ByteBudget(config.maxPendingSize().bytes());
    ChunkPool chunks = new ChunkPool(LARGEST_READ_BYTES, MAX_IDLE_CHUNKS);
    ConnectionLimits limits =
        new ConnectionLimits(
            context.nodeName(),
            config.maxConnections(),
            config.maxConnectionsPerIp(),
            context.listener());
    return server
        .doOnChannelInit(
            (observer, channel, remote) -> {
              listener.channels.add(channel);
              limits.admit(channel);
            })
        .handle(
            (inbound, outbound) -> {
              // Those that are closed and not yet read to their end count here, and only here.
              if (listener.live.size() >= 2L * config.maxConnections()) {
                context.listener().onEvent("connection_refused", 1);
                return Mono.empty();
              }
              inbound.withConnection(
                  connection ->
                      connection.addHandlerLast(
                          new TcpConnection(
                              config, context, listener.intake, budget, chunks, listener.live)));
              return outbound.neverComplete();
            })
        .bind()
        .doOnNext(
            bound -> {
              listener.channel.bound(bound.channel());
              InetSocketAddress at = (InetSocketAddress) bound.address();
              log.info(
                  "{}: listening for TCP on {}",
                  context.nodeName(),
                  NetUtil.toSocketAddressString(at));
              onBound.accept(at);
            })
        .then();
  }

  /** A port and the connections that came through it. */
  private static final class Listener {
    private final BatchIntake intake = new BatchIntake();
    private final ListeningChannel channel = new ListeningChannel();
    private final ChannelGroup channels =
        new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<TcpConnection> live = ConcurrentHashMap.newKeySet();

    /** Closes the port and the connections at once: a TCP client hears no answer anyway. */
    Mono<Void> stop() {
      return Mono.fromRunnable(
          () -> {
            channel.close();
            intake.close();
            live.forEach(TcpConnection::stop);
            channels.close();
          });
    }
  }
}
