package io.forebay.source.http;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.forebay.source.net.ConnectionLimits;
import io.forebay.source.net.Listening;
import io.forebay.source.net.ServerTls;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
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
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Listens while it is subscribed. */
final class HttpSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(HttpSource.class);

  private static final int BACKLOG = 1024;
  private static final int MAX_REQUEST_LINE_BYTES = 8 << 10;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final HttpInputConfig config;
  private final ComponentContext context;
  private final Consumer<InetSocketAddress> onBound;
  private volatile @Nullable HttpListener latest;

  HttpSource(
      HttpInputConfig config, ComponentContext context, Consumer<InetSocketAddress> onBound) {
    this.config = config;
    this.context = context;
    this.onBound = onBound;
  }

  @Override
  public Flux<Batch> batches() {
    return Flux.usingWhen(listen(), HttpListener::batches, HttpListener::stop);
  }

  /** Answers those who still wait, and completes when nothing is open any more. */
  @Override
  public Mono<Void> close() {
    return Mono.defer(
        () -> {
          HttpListener listener = latest;
          return listener == null ? Mono.empty() : listener.close();
        });
  }

  private Mono<HttpListener> listen() {
    InetSocketAddress address = Listening.address(config.listen(), config.port());
    TlsSettings tls = config.tls();
    if (tls == null || !tls.enabled()) {
      return Listening.orExplain(Mono.defer(() -> bind(server())), context.nodeName(), address);
    }
    return Mono.fromCallable(() -> ServerTls.context(tls, context.nodeName()))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            ssl ->
                Listening.orExplain(
                    Mono.defer(() -> bind(server().secure(spec -> spec.sslContext(ssl)))),
                    context.nodeName(),
                    address));
  }

  private HttpServer server() {
    return HttpServer.create()
        .host(config.listen())
        .port(config.port())
        .protocol(HttpProtocol.HTTP11)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .idleTimeout(config.idleTimeout())
        .httpRequestDecoder(
            spec ->
                spec.maxInitialLineLength(MAX_REQUEST_LINE_BYTES).maxHeaderSize(MAX_HEADER_BYTES));
  }

  private Mono<HttpListener> bind(HttpServer server) {
    BatchIntake intake = new BatchIntake();
    Scheduler workers = Schedulers.newParallel(context.nodeName() + "-worker", workers(), true);
    RequestHandler handler =
        new RequestHandler(config, context, intake, new ByteBudget(pendingBytes()), workers);
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    Set<ConnectionGuard> guards = ConcurrentHashMap.newKeySet();
    ConnectionLimits limits =
        new ConnectionLimits(
            context.nodeName(),
            config.maxConnections(),
            config.maxConnectionsPerIp(),
            context.listener());
    long timeoutNanos = config.readTimeout().toNanos();
    return server
        .doOnChannelInit(
            (observer, channel, remote) -> {
              channels.add(channel);
              limits.admit(channel);
              ConnectionGuard guard =
                  ConnectionGuard.install(channel, timeoutNanos, context.listener());
              guards.add(guard);
              channel.closeFuture().addListener(closed -> guards.remove(guard));
            })
        .handle(handler::handle)
        .bind()
        .map(
            bound -> {
              InetSocketAddress at = (InetSocketAddress) bound.address();
              log.info("{}: listening for HTTP on {}", context.nodeName(), at);
              onBound.accept(at);
              HttpListener listener =
                  new HttpListener(intake, bound, handler, channels, guards, workers);
              latest = listener;
              return listener;
            })
        .doOnError(error -> workers.dispose());
  }

  private int workers() {
    int processors = Runtime.getRuntime().availableProcessors();
    Integer wanted = config.parallelWorkerCount();
    return wanted == null ? processors : Math.min(wanted, 2 * processors);
  }

  private long pendingBytes() {
    DataSize size = config.maxPendingSize();
    return size == null ? Runtime.getRuntime().maxMemory() / 4 : size.bytes();
  }
}
