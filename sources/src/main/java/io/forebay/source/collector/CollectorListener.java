package io.forebay.source.collector;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.forebay.source.net.ConnectionLimits;
import io.forebay.source.net.ServerTls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A port with all that belongs to it, from before it is bound until its cursors are closed. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a timer.
final class CollectorListener {

  private static final Logger log = LoggerFactory.getLogger(CollectorListener.class);

  // What a client does wrong is told to the client and counted; grpc-java logs it with a trace each
  // time, so that any client could fill the log. Kept here, since its registry keeps loggers
  // weakly.
  private static final List<java.util.logging.Logger> QUIET =
      Stream.of("io.grpc.netty.NettyServerStream", "io.grpc.netty.NettyServerTransport")
          .map(java.util.logging.Logger::getLogger)
          .toList();

  private static final long SAMPLE_MILLIS = 250;
  private static final long TLS_REFRESH_MILLIS = 1000;
  private static final Duration POLL = Duration.ofMillis(20);

  private final Reception shared;
  private final Sessions sessions;
  private final CollectorService service;
  private final ConnectionLimits limits;
  private final EventLoopGroup loops;
  private final @Nullable TlsMaterial tls;
  private final Disposable.Composite timers = Disposables.composite();
  private volatile @Nullable CollectorServer server;
  private volatile boolean stopped;
  private boolean closed;

  private CollectorListener(Reception shared, @Nullable TlsMaterial tls) {
    this.shared = shared;
    this.tls = tls;
    this.sessions = new Sessions(shared);
    this.limits =
        new ConnectionLimits(
            shared.nodeName(),
            shared.config().maxConnections(),
            shared.config().maxConnectionsPerIp(),
            shared.listener());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory(shared.nodeName() + "-io", true),
            NioIoHandler.newFactory());
    this.service = new CollectorService(shared, sessions, loops);
  }

  static {
    QUIET.forEach(logger -> logger.setLevel(java.util.logging.Level.SEVERE));
  }

  /**
   * Opens the cursors and reads the TLS files; the port is not bound yet. Blocks.
   *
   * @throws IOException when the cursors cannot be read and written
   */
  static CollectorListener open(
      CollectorInputConfig config, ComponentContext context, JournalDisk disk, Timing timing)
      throws IOException {
    TlsSettings tls = config.tls();
    String nodeName = context.nodeName();
    TlsMaterial material =
        tls != null && ServerTls.isEnabled(tls)
            ? new TlsMaterial(tls, nodeName, context.clock(), context.listener())
            : null;
    CursorStore store =
        CursorStore.open(disk, config.maxAgents(), nodeName, context.clock(), context.listener());
    BatchIntake intake = new BatchIntake();
    ByteBudget budget = new ByteBudget(config.maxPendingSize().bytes());
    Reception shared =
        new Reception(
            nodeName,
            config,
            timing,
            intake,
            budget,
            new Pressure(intake, budget, timing.stall()),
            store,
            new EventItems(context.clock(), context.listener()),
            new Truncations(nodeName, context.clock(), context.listener()),
            new IdentityRefusals(nodeName, context.clock()),
            new Faults(config.retryAfter(), context.random()),
            context.listener());
    return new CollectorListener(shared, material);
  }

  /** Binds the port; may be tried again after a failure. Blocks. */
  synchronized InetSocketAddress bind() throws IOException {
    TlsMaterial material = tls;
    CollectorServer made =
        new CollectorServer(
            shared,
            service.definition(),
            limits,
            new Handshakes(shared.nodeName(), shared.listener()),
            loops,
            material == null ? null : material.context());
    InetSocketAddress at = made.start();
    server = made;
    if (stopped) {
      made.shutdown();
      return at;
    }
    loops
        .next()
        .scheduleAtFixedRate(this::sample, SAMPLE_MILLIS, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    if (material != null) {
      timers.add(
          Schedulers.boundedElastic()
              .schedulePeriodically(
                  material::refresh,
                  TLS_REFRESH_MILLIS,
                  TLS_REFRESH_MILLIS,
                  TimeUnit.MILLISECONDS));
    }
    return at;
  }

  /** Whether the port is open. */
  boolean isUp() {
    return server != null && !stopped;
  }

  Flux<Batch> batches() {
    return shared.intake().batches().doOnCancel(shared.pressure()::stop);
  }

  /**
   * Closes the port, refuses what is new and ends what is not complete. Completes when the windows
   * that were complete are answered, shortly after the grace period at the latest. The cursors go
   * on moving until {@link #close}.
   */
  Mono<Void> stop() {
    return Mono.fromRunnable(this::refuse)
        .then(
            Flux.interval(Duration.ZERO, POLL)
                .takeUntil(tick -> service.streams() == 0)
                .then()
                .timeout(shared.timing().stopGrace(), Mono.empty()))
        .then(Mono.<Void>fromRunnable(this::closeServer).subscribeOn(Schedulers.boundedElastic()));
  }

  /** Makes durable what was acknowledged, and closes everything. Idempotent; blocks. */
  void close() {
    refuse();
    closeServer();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    sessions.all().forEach(Session::save);
    shared.store().close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private void refuse() {
    CollectorServer open;
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
      open = server;
    }
    timers.dispose();
    shared.pressure().stop();
    if (open != null) {
      open.shutdown();
    }
    shared.intake().close();
    sessions.all().forEach(session -> session.cutBack(Faults.stopping()));
  }

  private void closeServer() {
    CollectorServer open;
    synchronized (this) {
      open = server;
    }
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Every now and then: whether the pipeline still takes what it is given. */
  private void sample() {
    Pressure pressure = shared.pressure();
    pressure.sample();
    CollectorServer open;
    synchronized (this) {
      if (stopped) {
        return;
      }
      open = server;
    }
    if (pressure.isStalled()) {
      sessions
          .all()
          .forEach(
              session ->
                  session.cutBack(
                      shared.faults().overloaded("the pipeline takes no more at the moment")));
    }
    boolean serves = pressure.why() == null && shared.store().failure() == null;
    if (open != null && serves != open.isServing()) {
      open.setServing(serves);
      log.info(
          "{}: {}",
          shared.nodeName(),
          serves ? "takes windows again" : "takes no windows: " + pressure.why());
    }
  }
}
