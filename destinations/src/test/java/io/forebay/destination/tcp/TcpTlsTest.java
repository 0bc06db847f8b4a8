package io.forebay.destination.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.config.TlsSettings;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import io.forebay.destination.net.Certificates;
import io.forebay.destination.tcp.TcpOutputConfig.Encoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;
import reactor.netty.tcp.TcpSslContextSpec;

class TcpTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Certificates certificates;
  private TcpReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    certificates = Certificates.get();
    receiver =
        new TcpReceiver(
            server ->
                server.secure(
                    ssl ->
                        ssl.sslContext(
                            (GenericSslContextSpec<?>)
                                TcpSslContextSpec.forServer(
                                    certificates.certificate("server").toFile(),
                                    certificates.key("server").toFile()))));
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop();
  }

  @Test
  void deliversToACertificateOfATrustedAuthority() {
    assertThat(send("localhost", certificates.certificate("ca"))).isInstanceOf(Delivered.class);

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Items.split(receiver.bytes(), receiver.bytes().length))
                    .isEqualTo(Items.lines(Items.many(3))));
  }

  @Test
  void pausesAtAnUnknownAuthority() {
    SendResult result = send("localhost", certificates.certificate("other"));

    assertThat(result).isInstanceOf(Paused.class);
    assertThat(((Paused) result).why()).contains("not trusted");
    assertThat(receiver.bytes()).isEmpty();
  }

  private SendResult send(String host, Path authority) {
    TlsSettings tls = Certificates.trusting(authority);
    Destination destination =
        new TcpDestinationFactory()
            .create(
                new TcpOutputConfig(
                    Contexts.settings(1, Duration.ofSeconds(10)),
                    host,
                    receiver.port(),
                    Encoder.JSON,
                    null,
                    tls),
                Contexts.context());
    try {
      return destination.send(Items.batch(List.copyOf(Items.many(3)))).block(PATIENCE);
    } finally {
      destination.close().block(PATIENCE);
    }
  }
}
