package io.forebay.destination.collector;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.destination.collector.CertificateWatch.Identity;
import io.forebay.destination.net.TlsFilesException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Makes connections to one receiver; thread safe. */
final class Connector {

  private static final int MAX_ANSWER_BYTES = 64 << 10;

  /** Above a month a channel is never idle: it is kept alive instead. */
  private static final int NEVER_IDLE_DAYS = 365;

  private final CollectorOutputConfig config;
  private final Endpoint target;
  private final Mono<String> agentId;
  private final @Nullable CertificateWatch certificates;
  private final Executor executor;

  /**
   * @param certificates null for plain text
   * @param executor where answers are told
   */
  Connector(
      CollectorOutputConfig config,
      Mono<String> agentId,
      @Nullable CertificateWatch certificates,
      Executor executor) {
    this.config = config;
    this.target = config.target();
    this.agentId = agentId;
    this.certificates = certificates;
    this.executor = executor;
  }

  /**
   * A new connection, which connects with its first call and then never again by itself. Reads what
   * it needs from the disk, and makes the channel, off the subscriber's thread: the first channel
   * of all looks for services in all jars.
   */
  Mono<Connection> connection() {
    if (certificates == null) {
      return agentId
          .publishOn(Schedulers.boundedElastic())
          .map(id -> new Connection(channel(null), id, null));
    }
    return Mono.zip(agentId, certificates.identity())
        .publishOn(Schedulers.boundedElastic())
        .map(both -> new Connection(channel(both.getT2()), both.getT1(), both.getT2()));
  }

  /** What it means that {@link #connection} failed. */
  static SendResult outcome(Throwable failure) {
    if (failure instanceof TlsFilesException || failure instanceof IOException) {
      return new Paused(String.valueOf(failure.getMessage()));
    }
    return new Paused("a connection cannot be made: " + failure);
  }

  /** Whether a new connection would be made of other certificates. */
  boolean isOutdated(Connection connection) {
    Identity used = connection.identity();
    Identity latest = certificates == null ? null : certificates.latest();
    return used != null && latest != null && !used.equals(latest);
  }

  private ManagedChannel channel(@Nullable Identity identity) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(target.host(), target.port())
            .executor(executor)
            .userAgent("forebay")
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.connectTimeout().toMillis())
            .keepAliveTime(config.keepalive().time().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(config.keepalive().timeout().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveWithoutCalls(true)
            .idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS)
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            // Delivery tries again, and from where the receiver stands.
            .disableRetry()
            .disableServiceConfigLookUp();
    if (identity == null) {
      builder.negotiationType(NegotiationType.PLAINTEXT);
    } else {
      builder.negotiationType(NegotiationType.TLS).sslContext(identity.context());
    }
    String name = config.serverName();
    if (name != null) {
      builder.overrideAuthority(name);
    }
    return builder.build();
  }
}
