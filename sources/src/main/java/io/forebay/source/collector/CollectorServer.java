package io.forebay.source.collector;

import io.forebay.source.net.ConnectionLimits;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The port: HTTP/2 with its limits, and the services on it. */
final class CollectorServer {

  private static final int BACKLOG = 1024;
  // Of a connection, and of each of its streams; fixed, so that the memory of clients is bounded.
  private static final int FLOW_CONTROL_BYTES = 1 << 20;
  private static final int MAX_METADATA_BYTES = 16 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 128;
  private static final int MAX_RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 10;
  private static final int HANDSHAKE_SECONDS = 20;
  private static final int KEEPALIVE_TIMEOUT_SECONDS = 20;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private boolean serving = true;

  /**
   * Nothing is bound yet.
   *
   * @param loops for the port, its connections and all calls
   */
  CollectorServer(
      Reception shared,
      ServerServiceDefinition collector,
      ConnectionLimits limits,
      Handshakes handshakes,
      EventLoopGroup loops,
      @Nullable SslContext tls)
      throws UnknownHostException {
    CollectorInputConfig config = shared.config();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getByName(config.listen()), config.port()))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelFactory(() -> new BoundedServerChannel(limits, handshakes))
            .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
            .directExecutor()
            .flowControlWindow(FLOW_CONTROL_BYTES)
            .maxInboundMessageSize(Math.toIntExact(config.maxMessageSize().bytes()))
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(
                Math.min(MAX_CALLS_PER_CONNECTION, config.maxStreams() + 8))
            .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
            .maxConnectionIdle(config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(config.keepaliveTime().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(config.keepaliveMinTime().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .addStreamTracerFactory(new StreamMeter.Factory(shared.budget(), shared.listener()))
            .addTransportFilter(
                new ServerTransportFilter() {
                  @Override
                  public Attributes transportReady(Attributes transport) {
                    SocketAddress client = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
                    if (client != null) {
                      handshakes.done(client);
                    }
                    return transport.toBuilder()
                        .set(ClientNames.KEY, ClientNames.of(transport, config.agentIdCheck()))
                        .build();
                  }
                })
            .addService(collector)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(reflectionForOlderTools());
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.server = builder.build();
    setServing(true);
  }

  @SuppressWarnings("deprecation") // There are still tools that know nothing newer than v1alpha.
  private static BindableService reflectionForOlderTools() {
    return ProtoReflectionService.newInstance();
  }

  /** Binds the port. Blocks. */
  InetSocketAddress start() throws IOException {
    server.start();
    return (InetSocketAddress) server.getListenSockets().get(0);
  }

  /** What the standard health service answers. */
  void setServing(boolean now) {
    serving = now;
    ServingStatus status = now ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(CollectorService.NAME, status);
  }

  boolean isServing() {
    return serving;
  }

  /** Closes the port; calls under way go on. */
  void shutdown() {
    health.enterTerminalState();
    server.shutdown();
  }

  /** Ends the calls, and waits for a moment until all is closed. Blocks. */
  void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(2, TimeUnit.SECONDS);
  }
}
