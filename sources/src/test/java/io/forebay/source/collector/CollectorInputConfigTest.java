package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.graph.NodeParser;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CollectorInputConfigTest {

  private static final String TLS = "crt_file: /tls/a.crt, key_file: /tls/a.key";

  private static String problems(String yaml) {
    return NodeParser.parse(new CollectorInputFactory(), yaml).problems().render();
  }

  @Test
  void hasDefaults() {
    CollectorInputConfig config =
        NodeParser.parse(new CollectorInputFactory(), "port: 4320\nlisten: 127.0.0.1").orThrow();
    assertThat(config.tls()).isNull();
    assertThat(config.agentIdCheck()).isEqualTo(AgentIdCheck.NONE);
    assertThat(config.maxMessageSize()).isEqualTo(DataSize.parse("4MiB"));
    assertThat(config.maxWindowEvents()).isEqualTo(100_000);
    assertThat(config.maxWindowSize()).isEqualTo(DataSize.parse("64MiB"));
    assertThat(config.maxPendingSize()).isEqualTo(DataSize.parse("64MiB"));
    assertThat(config.maxStreams()).isEqualTo(1024);
    assertThat(config.maxConnections()).isEqualTo(1024);
    assertThat(config.maxConnectionsPerIp()).isZero();
    assertThat(config.maxAgents()).isEqualTo(100_000);
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.keepaliveTime()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.keepaliveMinTime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void readsEveryKey() {
    CollectorInputConfig config =
        NodeParser.parse(
                new CollectorInputFactory(),
                """
                port: 0
                listen: 0.0.0.0
                tls:
                  crt_file: /tls/server.crt
                  key_file: /tls/server.key
                  ca_file: /tls/ca.crt
                  client_auth_type: requireandverifyclientcert
                agent_id_check: dns_name
                max_message_size: 1MiB
                max_window_events: 10
                max_window_size: 2MiB
                max_pending_size: 8MiB
                max_streams: 5
                max_connections: 6
                max_connections_per_ip: 2
                max_agents: 7
                idle_timeout: 30s
                keepalive_time: 20s
                keepalive_min_time: 1s
                retry_after: 3s
                """)
            .orThrow();
    assertThat(config.agentIdCheck()).isEqualTo(AgentIdCheck.DNS_NAME);
    assertThat(config.tls().clientAuthType())
        .isEqualTo(TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    assertThat(config.maxStreams()).isEqualTo(5);
    assertThat(config.maxAgents()).isEqualTo(7);
    assertThat(config.keepaliveMinTime()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void takesPlainTextFromTheNetworkOnlyWhereThatIsSaid() {
    assertThat(problems("port: 1")).contains("listen").contains("enabled: false");
    assertThat(problems("port: 1\nlisten: 10.0.0.1")).contains("everybody on the way");
    assertThat(problems("port: 1\nlisten: 127.0.0.1")).isEmpty();
    assertThat(problems("port: 1\nlisten: '::1'")).isEmpty();
    assertThat(problems("port: 1\nlisten: localhost")).isEmpty();
    assertThat(problems("port: 1\ntls: {enabled: false}")).isEmpty();
    assertThat(problems("port: 1\ntls: {" + TLS + "}")).isEmpty();
    // A name that only begins like an address of this machine.
    assertThat(problems("port: 1\nlisten: 127.example.org")).contains("everybody on the way");
  }

  @Test
  void checksIdsOnlyAgainstVerifiedCertificates() {
    assertThat(problems("port: 1\nlisten: 127.0.0.1\nagent_id_check: any"))
        .contains("agent_id_check")
        .contains("requireandverifyclientcert");
    assertThat(problems("port: 1\nagent_id_check: any\ntls: {" + TLS + "}"))
        .contains("agent_id_check");
    assertThat(problems("port: 1\nagent_id_check: any\ntls: {enabled: false}"))
        .contains("agent_id_check");
    assertThat(
            problems(
                "port: 1\nagent_id_check: uri\ntls: {"
                    + TLS
                    + ", ca_file: /tls/ca.crt, client_auth_type: requireandverifyclientcert}"))
        .isEmpty();
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(problems("listen: 127.0.0.1")).contains("port");
    assertThat(problems("port: 1\nlisten: 127.0.0.1\nmax_message_size: 65MiB"))
        .contains("max_message_size");
    assertThat(problems("port: 1\nlisten: 127.0.0.1\nmax_pending_size: 1MiB"))
        .contains("max_message_size is larger than max_pending_size");
    assertThat(problems("port: 1\nlisten: 127.0.0.1\nmax_agent: 5")).contains("max_agents");
    assertThat(problems("port: 1\nlisten: 127.0.0.1\nagent_id_check: cn"))
        .contains("agent_id_check");
  }
}
