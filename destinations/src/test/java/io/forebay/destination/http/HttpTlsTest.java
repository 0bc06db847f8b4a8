package io.forebay.destination.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.config.TlsSettings;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import io.forebay.destination.http.HttpOutputConfig.Protocol;
import io.forebay.destination.net.Certificates;
import io.netty.handler.ssl.ClientAuth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

class HttpTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Certificates certificates;

  private HttpReceiver receiver = new HttpReceiver(server -> server);

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.get();
  }

  @AfterEach
  void stop() {
    receiver.stop();
  }

  @Test
  void deliversToACertificateOfATrustedAuthority() {
    serve("server", ClientAuth.NONE);

    assertThat(send(trusting("ca"))).isInstanceOf(Delivered.class);
  }

  @Test
  void deliversOverHttp2() {
    receiver =
        new HttpReceiver(
            server ->
                server
                    .protocol(HttpProtocol.H2)
                    .secure(
                        ssl ->
                            ssl.sslContext(
                                (GenericSslContextSpec<?>)
                                    Http2SslContextSpec.forServer(
                                        certificates.certificate("server").toFile(),
                                        certificates.key("server").toFile()))));
    receiver.start();
    Destination destination =
        new HttpDestinationFactory()
            .create(
                HttpConfigs.to("https://localhost:" + receiver.port() + "/in")
                    .tls(trusting("ca"))
                    .protocol(Protocol.H2)
                    .build(),
                Contexts.context());
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(destination.send(Items.batch(Items.many(1000))).block(PATIENCE))
            .isInstanceOf(Delivered.class);
      }
    } finally {
      destination.close().block(PATIENCE);
    }
    assertThat(receiver.received()).hasSize(5);
  }

  @Test
  void pausesAtAnUnknownAuthority() {
    serve("server", ClientAuth.NONE);

    assertThat(pausedBy(send(null))).contains("certificate", "not trusted");
    assertThat(pausedBy(send(trusting("other")))).contains("certificate", "not trusted");
    assertThat(receiver.received()).isEmpty();
  }

  @Test
  void pausesAtACertificateOfAnotherName() {
    serve("stranger", ClientAuth.NONE);

    assertThat(pausedBy(send(trusting("ca")))).contains("localhost");
    assertThat(receiver.received()).isEmpty();
  }

  @Test
  void deliversAnywhereWhenTheCheckIsOff() {
    serve("stranger", ClientAuth.NONE);

    assertThat(send(Certificates.settings(null, null, null, true))).isInstanceOf(Delivered.class);
  }

  @Test
  void showsItsOwnCertificate() {
    serve("server", ClientAuth.REQUIRE);

    assertThat(send(mutual())).isInstanceOf(Delivered.class);
  }

  @Test
  void pausesWhenItsOwnCertificateIsMissing() {
    serve("server", ClientAuth.REQUIRE);

    // The server's alert may be overtaken by the end of the connection, which means Retry.
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(send(trusting("ca"))).isInstanceOf(Paused.class));
    assertThat(receiver.received()).isEmpty();
  }

  @Test
  void pausesWhenTheServerDoesNotSpeakTls() {
    receiver.start();

    assertThat(pausedBy(send(trusting("ca")))).contains("does not speak TLS");
  }

  @Test
  void pausesWhenAFileIsMissingOrNotWhatItShouldBe(@TempDir Path directory) throws Exception {
    serve("server", ClientAuth.NONE);
    Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");

    assertThat(pausedBy(send(Certificates.trusting(directory.resolve("absent.pem")))))
        .contains("tls.ca_file", "absent.pem");
    assertThat(pausedBy(send(Certificates.trusting(text)))).contains("tls.ca_file", "text.pem");
    assertThat(
            pausedBy(
                send(
                    Certificates.settings(
                        certificates.certificate("ca"),
                        certificates.certificate("client"),
                        text,
                        false))))
        .contains("tls.key_file", "text.pem");
  }

  @Test
  void trustsEveryAuthorityInADirectory(@TempDir Path directory) throws Exception {
    serve("server", ClientAuth.NONE);
    Files.copy(certificates.certificate("other"), directory.resolve("a.pem"));
    MovingClock clock = new MovingClock();
    Destination destination =
        new HttpDestinationFactory()
            .create(config(Certificates.trustingDirectory(directory)), Contexts.context(clock));
    try {
      assertThat(pausedBy(destination.send(Items.batch(Items.many(1))).block(PATIENCE)))
          .contains("not trusted");

      Files.copy(certificates.certificate("ca"), directory.resolve("b.crt"));
      clock.advance(Duration.ofSeconds(10));

      assertThat(destination.send(Items.batch(Items.many(1))).block(PATIENCE))
          .isInstanceOf(Delivered.class);

      Files.writeString(directory.resolve("c.cer"), "no certificate");
      clock.advance(Duration.ofSeconds(10));

      assertThat(pausedBy(destination.send(Items.batch(Items.many(1))).block(PATIENCE)))
          .contains("tls.ca_path", "c.cer", "holds no");
    } finally {
      destination.close().block(PATIENCE);
    }
  }

  @Test
  void pausesWhenADirectoryOfAuthoritiesIsMissingOrEmpty(@TempDir Path directory) {
    serve("server", ClientAuth.NONE);

    assertThat(pausedBy(send(Certificates.trustingDirectory(directory.resolve("absent")))))
        .contains("tls.ca_path", "absent does not exist");
    assertThat(pausedBy(send(Certificates.trustingDirectory(directory))))
        .contains("tls.ca_path", "holds no file that ends in .pem, .crt, .cer");
  }

  @Test
  void readsFilesAgainWhenTheyChange(@TempDir Path directory) throws Exception {
    serve("server", ClientAuth.NONE);
    Path ca = directory.resolve("ca.pem");
    Files.copy(certificates.certificate("other"), ca);
    MovingClock clock = new MovingClock();
    Destination destination =
        new HttpDestinationFactory()
            .create(config(Certificates.trusting(ca)), Contexts.context(clock));
    try {
      assertThat(destination.send(Items.batch(Items.many(1))).block(PATIENCE))
          .isInstanceOf(Paused.class);

      Files.copy(certificates.certificate("ca"), ca, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(ca, FileTime.from(Instant.now().plusSeconds(5)));
      clock.advance(Duration.ofSeconds(10));

      assertThat(destination.send(Items.batch(Items.many(1))).block(PATIENCE))
          .isInstanceOf(Delivered.class);
    } finally {
      destination.close().block(PATIENCE);
    }
  }

  private void serve(String name, ClientAuth clientAuth) {
    receiver = new HttpReceiver(server -> secure(server, name, clientAuth));
    receiver.start();
  }

  private static HttpServer secure(HttpServer server, String name, ClientAuth clientAuth) {
    return server.secure(
        ssl ->
            ssl.sslContext(
                (GenericSslContextSpec<?>)
                    Http11SslContextSpec.forServer(
                            certificates.certificate(name).toFile(),
                            certificates.key(name).toFile())
                        .configure(
                            context ->
                                context
                                    .trustManager(certificates.certificate("ca").toFile())
                                    .clientAuth(clientAuth))));
  }

  private SendResult send(TlsSettings tls) {
    Destination destination = new HttpDestinationFactory().create(config(tls), Contexts.context());
    try {
      return destination.send(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE);
    } finally {
      destination.close().block(PATIENCE);
    }
  }

  private HttpOutputConfig config(TlsSettings tls) {
    return HttpConfigs.to("https://localhost:" + receiver.port() + "/in").tls(tls).build();
  }

  private static TlsSettings trusting(String authority) {
    return Certificates.trusting(certificates.certificate(authority));
  }

  private static TlsSettings mutual() {
    return Certificates.settings(
        certificates.certificate("ca"),
        certificates.certificate("client"),
        certificates.key("client"),
        false);
  }

  private static String pausedBy(SendResult result) {
    assertThat(result).isInstanceOf(Paused.class);
    return ((Paused) result).why();
  }

  private static final class MovingClock extends Clock {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    void advance(Duration by) {
      now.updateAndGet(time -> time.plus(by));
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
