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
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
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
  // Large bodies come in few reads and few pieces; the allocator learns what a connection needs.
  private static final int SMALLEST_READ_BYTES = 2 << 10;
  private static final int FIRST_READ_BYTES = 4 << 10;
  private static final int LARGEST_READ_BYTES = 256 << 10;
  private static final int MAX_REQUEST_LINE_BYTES = 8 << 10;
  private static final int MAX_HEADER_BYTES = 16 << 10;
  // To read a body that is a little too large costs less than to set up a connection again.
  private static final int DISCARDED_BEYOND_BODY_BYTES = 1 << 20;

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
    return Flux.usingWhen(
        Mono.fromSupplier(this::listener),
        listener -> listen(listener).thenMany(listener.batches()),
        HttpListener::stop);
  }

  @Override
  public boolean isUp() {
    HttpListener listener = latest;
    return listener != null && listener.isOpen();
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

  private HttpListener listener() {
    BatchIntake intake = new BatchIntake();
    Scheduler workers = Schedulers.newParallel(context.nodeName() + "-worker", workers(), true);
    RequestHandler handler =
        new RequestHandler(config, context, intake, new ByteBudget(pendingBytes()), workers);
    HttpListener listener = new HttpListener(intake, handler, workers);
    latest = listener;
    return listener;
  }

  private Mono<Void> listen(HttpListener listener) {
    TlsSettings tls = config.tls();
    Mono<HttpServer> server =
        tls == null || !tls.enabled()
            ? Mono.fromSupplier(this::server)
            : Mono.fromCallable(() -> ServerTls.context(tls, context.nodeName()))
                .subscribeOn(Schedulers.boundedElastic())
                .map(ssl -> server().secure(spec -> spec.sslContext(ssl)));
    return server.flatMap(
        configured ->
            Listening.orExplain(
                Mono.defer(() -> bind(configured, listener)),
                context.nodeName(),
                Listening.address(config.listen(), config.port())));
  }

  private HttpServer server() {
    return HttpServer.create()
        .host(config.listen())
        .port(config.port())
        .protocol(HttpProtocol.HTTP11)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(
                SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES))
        .idleTimeout(config.idleTimeout())
        .httpRequestDecoder(
            spec ->
                spec.maxInitialLineLength(MAX_REQUEST_LINE_BYTES).maxHeaderSize(MAX_HEADER_BYTES));
  }

  private Mono<Void> bind(HttpServer server, HttpListener listener) {
    ConnectionLimits limits =
        new ConnectionLimits(
            context.nodeName(),
            config.maxConnections(),
            config.maxConnectionsPerIp(),
            context.listener());
    long timeoutNanos = config.readTimeout().toNanos();
    long maxDiscardedBytes = config.maxBodySize().bytes() + DISCARDED_BEYOND_BODY_BYTES;
    return server
        .doOnChannelInit(
            (observer, channel, remote) -> {
              limits.admit(channel);
              listener.opened(
                  channel,
                  ConnectionGuard.install(
                      channel, timeoutNanos, maxDiscardedBytes, context.listener()));
            })
        .handle(listener.handler()::handle)
        .bind()
        .doOnNext(
            bound -> {
              listener.bound(bound.channel());
              InetSocketAddress at = (InetSocketAddress) bound.address();
              log.info(
                  "{}: listening for HTTP on {}",
                  context.nodeName(),
                  NetUtil.toSocketAddressString(at));
              onBound.accept(at);
            })
        .then();
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
