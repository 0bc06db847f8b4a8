package io.forebay.destination.tcp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.TlsSettings;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.BodyMemory;
import io.forebay.destination.net.ClientTls;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/** Makes {@code tcp_output} nodes. */
public final class TcpDestinationFactory implements DestinationFactory<TcpOutputConfig> {

  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(10);

  @Override
  public String type() {
    return "tcp_output";
  }

  @Override
  public String summary() {
    return "Sends lines over TCP, without an acknowledgement by the receiver.";
  }

  @Override
  public Class<TcpOutputConfig> configType() {
    return TcpOutputConfig.class;
  }

  @Override
  public DestinationSettings settings(TcpOutputConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(TcpOutputConfig config, ComponentContext context) {
    Duration timeout = config.delivery().requestTimeout();
    Mono<Connection> connect = connect(config, context, timeout);
    List<TcpConnection> connections = new ArrayList<>();
    for (int i = 0; i < config.connections(); i++) {
      connections.add(new TcpConnection(connect));
    }
    BatchEncoder encoder =
        new BatchEncoder(
            config.encoder().format(),
            BodyCompression.UNCOMPRESSED,
            Schedulers.parallel(),
            config.delivery().workers(),
            BodyMemory.ofProcess());
    return new TcpDestination(
        connections, encoder, timeout, "tcp://" + config.host() + ":" + config.port());
  }

  private static Mono<Connection> connect(
      TcpOutputConfig config, ComponentContext context, Duration timeout) {
    Duration connectTime = timeout.compareTo(MAX_CONNECT_TIME) < 0 ? timeout : MAX_CONNECT_TIME;
    TcpClient plain =
        TcpClient.newConnection()
            .host(config.host())
            .port(config.port())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, connectTime.toMillis()))
            .option(ChannelOption.SO_KEEPALIVE, true)
            // Reading and discarding shows at once that the receiver has closed the connection.
            .handle((inbound, outbound) -> inbound.receive().then());
    TlsSettings tls = config.tls();
    if (tls == null || !tls.enabled()) {
      return plain.connect().map(connection -> connection);
    }
    ClientTls files = new ClientTls(tls, false, context.clock());
    return files
        .context()
        .flatMap(
            ssl ->
                plain.secure(spec -> spec.sslContext(ssl).handshakeTimeout(connectTime)).connect());
  }
}
