package io.forebay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.graph.NodeParser;
import io.forebay.source.http.ContentCoding;
import io.forebay.source.http.HttpInputConfig;
import io.forebay.source.http.HttpInputFactory;
import io.forebay.source.tcp.TcpInputConfig;
import io.forebay.source.tcp.TcpInputFactory;
import io.forebay.source.udp.UdpInputConfig;
import io.forebay.source.udp.UdpInputFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The keys of the listening sources as they are written. */
class NetworkInputConfigTest {

  private static String problems(SourceFactory<?> factory, String yaml) {
    return NodeParser.parse(factory, yaml).problems().render();
  }

  @Test
  void httpHasDefaults() {
    HttpInputConfig config = NodeParser.parse(new HttpInputFactory(), "port: 8085").orThrow();

    assertThat(config.port()).isEqualTo(8085);
    assertThat(config.listen()).isEqualTo("0.0.0.0");
    assertThat(config.includedPaths()).isEmpty();
    assertThat(config.excludedPaths()).isEmpty();
    assertThat(config.authentication()).isNull();
    assertThat(config.tls()).isNull();
    assertThat(config.readTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.maxBodySize()).isEqualTo(DataSize.parse("10MiB"));
    assertThat(config.maxDecompressedSize()).isEqualTo(DataSize.parse("64MiB"));
    assertThat(config.maxLineSize()).isEqualTo(DataSize.parse("1MiB"));
    assertThat(config.maxPendingSize()).isNull();
    assertThat(config.maxConnections()).isEqualTo(1024);
    assertThat(config.maxConnectionsPerIp()).isZero();
    assertThat(config.activeRequestLimit()).isEqualTo(256);
    assertThat(config.compression()).isEqualTo(ContentCoding.UNCOMPRESSED);
    assertThat(config.parallelWorkerCount()).isNull();
    assertThat(config.attributesFromHeader()).isEmpty();
    assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void httpReadsEveryKey() {
    HttpInputConfig config =
        NodeParser.parse(
                new HttpInputFactory(),
                """
                port: 0
                listen: 127.0.0.1
                included_paths: ["^/in"]
                excluded_paths: ["^/in/private"]
                authentication: {strategy: Bearer, secret: s3cret}
                tls:
                  crt_file: /tls/server.crt
                  key_file: /tls/server.key
                  ca_file: /tls/ca.crt
                  client_auth_type: requireandverifyclientcert
                read_timeout: 10s
                idle_timeout: 1m30s
                max_body_size: 1MB
                max_decompressed_size: 2MB
                max_line_size: 64KiB
                max_pending_size: 8MiB
                max_connections: 10
                max_connections_per_ip: 2
                active_request_limit: 3
                compression: gzip
                log_parsing_mode: basic
                parallel_worker_count: 4
                attributes_from_header: [X-Team]
                retry_after: 7s
                """)
            .orThrow();

    assertThat(config.includedPaths().get(0).pattern()).isEqualTo("^/in");
    assertThat(config.authentication().strategy())
        .isEqualTo(AuthenticationSettings.Strategy.BEARER);
    assertThat(config.tls().clientAuthType())
        .isEqualTo(TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    assertThat(config.maxPendingSize()).isEqualTo(DataSize.parse("8MiB"));
    assertThat(config.maxConnectionsPerIp()).isEqualTo(2);
    assertThat(config.compression()).isEqualTo(ContentCoding.GZIP);
    assertThat(config.parallelWorkerCount()).isEqualTo(4);
    assertThat(config.attributesFromHeader()).containsExactly("X-Team");
    assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void httpSaysWhatIsWrong() {
    HttpInputFactory http = new HttpInputFactory();
    assertThat(problems(http, "listen: 0.0.0.0")).contains("port");
    assertThat(problems(http, "port: 70000")).contains("port");
    assertThat(problems(http, "port: 1\nprot: 2")).contains("prot").contains("port");
    assertThat(problems(http, "port: 1\nincluded_paths: ['(']")).contains("included_paths");
    assertThat(problems(http, "port: 1\ntls: {enabled: true}")).contains("crt_file");
    assertThat(
            problems(
                http,
                "port: 1\ntls: {crt_file: a, key_file: b, client_auth_type:"
                    + " requireandverifyclientcert}"))
        .contains("ca_file");
    assertThat(problems(http, "port: 1\nauthentication: {strategy: basic, username: a}"))
        .contains("password");
    assertThat(problems(http, "port: 1\nattributes_from_header: [Authorization]"))
        .contains("credentials");
    assertThat(problems(http, "port: 1\ntls: {enabled: false}")).isEmpty();
  }

  @Test
  void tcpHasDefaults() {
    TcpInputConfig config = NodeParser.parse(new TcpInputFactory(), "port: 5170").orThrow();

    assertThat(config.listen()).isEqualTo("0.0.0.0");
    assertThat(config.tls()).isNull();
    assertThat(config.maxLineSize()).isEqualTo(DataSize.parse("1MiB"));
    assertThat(config.maxConnections()).isEqualTo(1024);
    assertThat(config.maxConnectionsPerIp()).isZero();
    assertThat(config.readTimeout()).isNull();
    assertThat(config.showOriginatingIp()).isFalse();
    assertThat(config.maxPendingSizePerConnection()).isEqualTo(DataSize.parse("16MiB"));
    assertThat(config.maxPendingSize()).isEqualTo(DataSize.parse("64MiB"));
  }

  @Test
  void udpHasDefaults() {
    UdpInputConfig config = NodeParser.parse(new UdpInputFactory(), "port: 5514").orThrow();

    assertThat(config.listen()).isEqualTo("0.0.0.0");
    assertThat(config.maxDatagramSize()).isEqualTo(DataSize.parse("64KiB"));
    assertThat(config.receiveBufferSize()).isEqualTo(DataSize.parse("4MiB"));
    assertThat(config.maxPendingSize()).isEqualTo(DataSize.parse("32MiB"));
    assertThat(config.showOriginatingIp()).isFalse();
  }
}
