package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.TlsSettings.ClientAuth;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Leaks.class)
@Timeout(60)
class CollectorTlsTest {

  @TempDir static Path certificates;
  private static KeyPairs pairs;

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    pairs = new KeyPairs(certificates, "ca");
    pairs.make("ca", "server", "CN=gateway", "-ext", "SAN=dns:localhost");
    pairs.make(
        "ca",
        "client",
        "CN=edge-1,O=Forebay",
        "-ext",
        "SAN=dns:Edge-1.example.org,uri:spiffe://example.org/edge/1");
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Gateway start(AgentIdCheck check, ClientAuth clientAuth) {
    Map<String, Object> tls = new HashMap<>();
    tls.put("crtFile", pairs.file("server.pem"));
    tls.put("keyFile", pairs.file("server.key"));
    tls.put("caFile", pairs.file("ca.pem"));
    tls.put("clientAuthType", clientAuth);
    Gateway gateway =
        Gateway.start(
            directory,
            Taker.acknowledging(),
            "tls",
            Records.of(TlsSettings.class, tls),
            "agentIdCheck",
            check);
    open.add(gateway);
    return gateway;
  }

  private Sender sender(Gateway gateway, String agentId, String trusted, @Nullable String own)
      throws Exception {
    SslContextBuilder ssl =
        GrpcSslContexts.forClient().trustManager(pairs.file(trusted + ".pem").toFile());
    if (own != null) {
      ssl.keyManager(pairs.file(own + ".pem").toFile(), pairs.file(own + ".key").toFile());
    }
    Sender sender =
        new Sender(
            NettyChannelBuilder.forAddress("localhost", gateway.port())
                .sslContext(ssl.build())
                .build(),
            agentId,
            Sender.EPOCH);
    open.add(sender);
    return sender;
  }

  private static Status.Code healthOf(Sender sender) {
    try {
      sender.health();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void takesWhomItsAuthoritySigned() throws Exception {
    Gateway gateway = start(AgentIdCheck.NONE, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    Sender sender = sender(gateway, "whoever", "ca", "client");
    assertThat(sender.window(sender.events(0, 3)).next()).isEqualTo(3);
    Sender nobody = sender(gateway, "whoever", "ca", null);
    assertThatThrownBy(nobody::health).isInstanceOf(StatusRuntimeException.class);
    assertThat(healthOf(nobody)).isEqualTo(Status.Code.UNAVAILABLE);
    await().until(() -> gateway.events().count("handshake_failed") > 0);
    long failed = gateway.events().count("handshake_failed");
    assertThat(sender.window(sender.events(3, 3, 5)).next()).isEqualTo(5);
    sender.close();
    assertThat(gateway.events().count("handshake_failed")).isEqualTo(failed);
  }

  @Test
  void checksTheAgentsIdAgainstTheCommonName() throws Exception {
    Gateway gateway = start(AgentIdCheck.COMMON_NAME, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    Sender right = sender(gateway, "edge-1", "ca", "client");
    assertThat(right.window(right.events(0, 3)).next()).isEqualTo(3);
    Sender wrong = right.as("edge-2", 1);
    Status status = wrong.window(wrong.events(0, 3)).status();
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription()).contains("edge-2").contains("common_name");
    assertThat(healthOf(wrong)).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(healthOf(right.as("spiffe://example.org/edge/1", 1)))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(gateway.taker().itemCount()).isEqualTo(3);
    assertThat(gateway.events().count("unauthorized")).isGreaterThanOrEqualTo(3);
  }

  @Test
  void checksTheAgentsIdAgainstTheOtherNames() throws Exception {
    Gateway dns = start(AgentIdCheck.DNS_NAME, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    Sender byDns = sender(dns, "edge-1.EXAMPLE.org", "ca", "client");
    assertThat(healthOf(byDns)).isEqualTo(Status.Code.OK);
    assertThat(healthOf(byDns.as("edge-1", 1))).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(healthOf(byDns.as("dns:edge-1.example.org", 1)))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    dns.close();
    Gateway uri = start(AgentIdCheck.URI, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    Sender byUri = sender(uri, "spiffe://example.org/edge/1", "ca", "client");
    assertThat(healthOf(byUri)).isEqualTo(Status.Code.OK);
    assertThat(healthOf(byUri.as("edge-1.example.org", 1)))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    uri.close();
    Gateway any = start(AgentIdCheck.ANY, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    Sender byAny = sender(any, "edge-1", "ca", "client");
    assertThat(healthOf(byAny)).isEqualTo(Status.Code.OK);
    assertThat(healthOf(byAny.as("spiffe://example.org/edge/1", 1))).isEqualTo(Status.Code.OK);
    assertThat(healthOf(byAny.as("edge-2", 1))).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void asksForACertificateWhereTheIdIsChecked() throws Exception {
    Gateway gateway = start(AgentIdCheck.ANY, ClientAuth.VERIFYCLIENTCERTIFGIVEN);
    Sender nobody = sender(gateway, "edge-1", "ca", null);
    assertThat(nobody.window(nobody.events(0, 1)).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void readsChangedFilesForNewConnections() throws Exception {
    KeyPairs own = pairs;
    Path renewed = certificates.resolve("renewed");
    Files.createDirectories(renewed);
    pairs = new KeyPairs(renewed, "ca2");
    pairs.make("ca2", "server2", "CN=gateway", "-ext", "SAN=dns:localhost");
    pairs.make("ca2", "server", "CN=gateway", "-ext", "SAN=dns:localhost");
    pairs.make("ca2", "client2", "CN=edge-2");
    Files.copy(own.file("ca.pem"), pairs.file("ca.pem"));
    Files.copy(own.file("client.pem"), pairs.file("client.pem"));
    Files.copy(own.file("client.key"), pairs.file("client.key"));
    Files.copy(
        own.file("server.pem"), pairs.file("server.pem"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        own.file("server.key"), pairs.file("server.key"), StandardCopyOption.REPLACE_EXISTING);
    try {
      Gateway gateway = start(AgentIdCheck.NONE, ClientAuth.REQUIREANDVERIFYCLIENTCERT);
      Sender before = sender(gateway, "a1", "ca", "client");
      Sender.Stream stream = before.open().send(before.events(0, 2));
      await().until(() -> gateway.taker().itemCount() == 2);

      Files.writeString(pairs.file("server.pem"), "no certificate");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> gateway.events().count("tls_reload_failed") > 0);
      Sender still = sender(gateway, "a2", "ca", "client");
      assertThat(still.window(still.events(0, 1)).next()).isEqualTo(1);

      pairs.replace("server", "server2");
      Files.copy(pairs.file("ca2.pem"), pairs.file("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                Sender after = sender(gateway, "a3", "ca2", "client2");
                assertThat(healthOf(after)).isEqualTo(Status.Code.OK);
              });
      // The stream that was open before goes on.
      assertThat(stream.send(before.events(2, 4)).end().next()).isEqualTo(4);
    } finally {
      pairs = own;
    }
  }
}
