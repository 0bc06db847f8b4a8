package io.forebay.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.DataSize;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.destination.debug.DebugOutputConfig;
import io.forebay.destination.discard.VoidOutputConfig;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.TaggedForm;
import io.forebay.destination.http.AuthorizationSettings.ClientAuthentication;
import io.forebay.destination.http.HttpOutputConfig;
import io.forebay.destination.localstorage.ArchiveCompression;
import io.forebay.destination.localstorage.LocalStorageConfig;
import io.forebay.destination.tcp.TcpOutputConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pipeline files make of the destinations' keys. */
class DestinationConfigTest {

  private static final String ENDPOINT = "endpoint: http://127.0.0.1:8080/in";

  @Test
  void httpDefaults() {
    HttpOutputConfig config = Pipelines.config(HttpOutputConfig.class, "http_output", ENDPOINT);

    assertThat(config.endpoint()).isEqualTo(URI.create("http://127.0.0.1:8080/in"));
    assertThat(config.method()).isEqualTo(HttpOutputConfig.Method.POST);
    assertThat(config.headers()).isEmpty();
    assertThat(config.format()).isEqualTo(BatchFormat.NDJSON);
    assertThat(config.effectiveCompression()).isEqualTo(BodyCompression.UNCOMPRESSED);
    assertThat(config.authorization()).isNull();
    assertThat(config.authentication()).isNull();
    assertThat(config.tls()).isNull();
    assertThat(config.protocol()).isEqualTo(HttpOutputConfig.Protocol.HTTP1);
    assertThat(config.maxConnectionAge()).isNull();
    assertThat(config.delivery().workers()).isEqualTo(5);
    assertThat(config.delivery().requestTimeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void httpExplicit() {
    HttpOutputConfig config =
        Pipelines.config(
            HttpOutputConfig.class,
            "http_output",
            "endpoint: https://ingest.example.com/v1?x=1",
            "method: PUT",
            "headers:",
            "- header: X-Key",
            "  value: hidden-value",
            "body_format: json_array",
            "compression: zstd",
            "protocol: h2",
            "max_connection_age: 10m",
            "parallel_workers: 3",
            "authorization:",
            "  client_credentials:",
            "    token_url: https://login.example.com/token",
            "    client_id: me",
            "    client_secret: hidden-secret",
            "    scopes: [a, b]",
            "    extra_parameters: {audience: logs}",
            "    client_authentication: body",
            "tls:",
            "  min_version: TLSv1_3");

    assertThat(config.method()).isEqualTo(HttpOutputConfig.Method.PUT);
    assertThat(config.headers().get(0).value().reveal()).isEqualTo("hidden-value");
    assertThat(config.format()).isEqualTo(BatchFormat.JSON_ARRAY);
    assertThat(config.effectiveCompression()).isEqualTo(BodyCompression.ZSTD);
    assertThat(config.protocol()).isEqualTo(HttpOutputConfig.Protocol.H2);
    assertThat(config.maxConnectionAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.delivery().workers()).isEqualTo(3);
    var credentials = config.authorization().clientCredentials();
    assertThat(credentials.scopes()).containsExactly("a", "b");
    assertThat(credentials.extraParameters()).isEqualTo(Map.of("audience", "logs"));
    assertThat(credentials.clientAuthentication()).isEqualTo(ClientAuthentication.BODY);
    assertThat(config.toString()).doesNotContain("hidden-value", "hidden-secret");
  }

  @ParameterizedTest
  @CsvSource({
    "encoder: json, NDJSON",
    "encoder: raw, RAW",
    "encoding: json, NDJSON",
    "encoder: msgpack, MSGPACK",
    "encoder: splunk, SPLUNK",
    "body_format: msgpack_stream, MSGPACK_STREAM",
    "body_format: raw, RAW",
    "'body_mapping: {enabled: true, path: body}', RAW",
    "'body_mapping: {enabled: false, path: attributes}', NDJSON"
  })
  void edgeDeltasNamesOfTheForm(String key, BatchFormat expected) {
    assertThat(Pipelines.config(HttpOutputConfig.class, "http_output", ENDPOINT, key).format())
        .isEqualTo(expected);
  }

  @Test
  void compressionCanBeSwitchedOff() {
    assertThat(
            Pipelines.config(
                    HttpOutputConfig.class,
                    "http_output",
                    ENDPOINT,
                    "compression: gzip",
                    "disable_compression: true")
                .effectiveCompression())
        .isEqualTo(BodyCompression.UNCOMPRESSED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint: ftp://x/y | begins with http",
        "endpoint: localhost:8080 | no whole URL",
        "endpoint: http:///path | without a host",
        "endpoint: http://user:secret@host/ | authentication block",
        "endpoint: http://host/#part | fragment",
      })
  void refusesEndpoints(String key, String problem) {
    assertThat(Pipelines.problems("http_output", key)).contains(problem).doesNotContain(" at java");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'headers: [{header: \"X A\", value: v}]' | is no header name",
        "'headers: [{header: \"X\\r\\nY\", value: v}]' | is no header name",
        "'headers: [{header: X-A, value: \"hidden\\r\\nX-B: c\"}]' | holds a line break",
        "'headers: [{header: Content-Length, value: 1}]' | set by the agent",
        "'headers: [{header: Transfer-encoding, value: chunked}]' | set by the agent",
        "'headers: [{header: Content-Encoding, value: gzip}]' | set compression instead",
        "protocol: h2 | needs an https endpoint",
        "'tls: {ca_file: /a.pem}' | tls needs an https endpoint",
        "'body_mapping: {path: timestamp}' | is no field path",
        "method: GET | GET",
        "compression: lz4 | uncompressed, gzip, zstd, snappy",
        "encoding: proto | json, msgpack, splunk, raw",
        "'payload: \"{{ .item.body\"' | has no }}",
        "'payload: \"{{ .item.bodi }}\"' | is not understood",
        "'payload: \"{{ js js .item.body }}\"' | is not understood",
        "'payload: \"{{ range .item }}\"' | is not understood",
        "'custom_tags: [{name: a}]' | value",
        "'custom_tags: {a: b}' | custom_tags",
        "encodr: raw | encoder",
      })
  void refusesKeys(String key, String problem) {
    assertThat(Pipelines.problems("http_output", ENDPOINT, key))
        .contains(problem)
        .doesNotContain("hidden")
        .doesNotContain(" at java");
  }

  @Test
  void httpFormsOfEdgeDelta() {
    HttpOutputConfig config =
        Pipelines.config(
            HttpOutputConfig.class,
            "http_output",
            ENDPOINT,
            "payload: '{\"text\": \"{{ js .item.body }}\"}'",
            "custom_tags: [{name: env, value: prod}]",
            "compression: snappy",
            "authorization:",
            "  strategy: oauth_client_credentials",
            "  client_credentials:",
            "    token_url: https://login.example.com/token",
            "    client_id: me",
            "    client_secret: hidden-secret",
            "    header_templates:",
            "    - header: X-Auth",
            "      value: 'hidden-value {{ .access_token }}'");

    assertThat(config.payload()).isEqualTo("{\"text\": \"{{ js .item.body }}\"}");
    assertThat(config.form()).isInstanceOf(TaggedForm.class);
    assertThat(config.form().isEncodedLines()).isFalse();
    assertThat(config.effectiveCompression()).isEqualTo(BodyCompression.SNAPPY);
    assertThat(config.authorization().clientCredentials().headerTemplates())
        .extracting(template -> template.value().reveal())
        .containsExactly("hidden-value {{ .access_token }}");
    assertThat(config.toString()).doesNotContain("hidden-value", "hidden-secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{header: \"X A\", value: hidden}' | is no header name",
        "'{header: Content-Length, value: hidden}' | set by the agent",
        "'{header: X-A, value: \"hidden {{ .refresh_token }}\"}' | {{ .access_token }} and nothing else",
        "'{header: X-A, value: \"hidden\\r\\nX-B: c\"}' | holds a line break",
        "'{header: X-A}' | value",
      })
  void refusesHeaderTemplates(String template, String problem) {
    assertThat(
            Pipelines.problems(
                "http_output",
                ENDPOINT,
                "authorization: {client_credentials: {token_url: http://t/, client_id: a,"
                    + " client_secret: b, header_templates: ["
                    + template
                    + "]}}"))
        .contains(problem)
        .doesNotContain("hidden")
        .doesNotContain(" at java");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "payload: x | encoder: msgpack | takes the place of an item's JSON object",
        "payload: x | body_mapping: {path: body} | takes the place of an item's JSON object",
        "'custom_tags: [{name: a, value: b}]' | encoder: raw | which raw bodies do not hold",
        "encoder: splunk | body_format: msgpack | different forms",
        "encoder: json | encoding: json | are the same key",
      })
  void refusesFormsThatContradictEachOther(String one, String other, String problem) {
    assertThat(Pipelines.problems("http_output", ENDPOINT, one, other)).contains(problem);
  }

  @Test
  void refusesKeysThatContradictEachOther() {
    assertThat(
            Pipelines.problems("http_output", ENDPOINT, "encoder: raw", "body_format: json_array"))
        .contains("different forms");
    assertThat(
            Pipelines.problems(
                "http_output",
                ENDPOINT,
                "authentication: {strategy: bearer, secret: s}",
                "authorization: {client_credentials: {token_url: http://t/, client_id: a,"
                    + " client_secret: b}}"))
        .contains("exclude each other");
    assertThat(Pipelines.problems("http_output", "endpoint: https://x/", "tls: {enabled: false}"))
        .contains("https endpoint uses TLS");
  }

  @Test
  void tcpDefaultsAndExplicit() {
    TcpOutputConfig defaults = Pipelines.config(TcpOutputConfig.class, "tcp_output", "port: 5000");
    assertThat(defaults.host()).isEqualTo("127.0.0.1");
    assertThat(defaults.encoder()).isEqualTo(TcpOutputConfig.Encoder.RAW);
    assertThat(defaults.poolSize()).isNull();
    assertThat(defaults.tls()).isNull();

    TcpOutputConfig explicit =
        Pipelines.config(
            TcpOutputConfig.class,
            "tcp_output",
            "host: example.com",
            "port: 6514",
            "encoder: json",
            "pool_size: 2",
            "tls: {ca_file: /ca.pem}");
    assertThat(explicit.host()).isEqualTo("example.com");
    assertThat(explicit.encoder()).isEqualTo(TcpOutputConfig.Encoder.JSON);
    assertThat(explicit.poolSize()).isEqualTo(2);
    assertThat(explicit.tls().caFile()).isEqualTo(Path.of("/ca.pem"));

    assertThat(Pipelines.problems("tcp_output", "host: x")).contains("port");
    assertThat(Pipelines.problems("tcp_output", "port: 65536")).contains("65535");
    assertThat(Pipelines.problems("tcp_output", "port: 1", "encoder: splunk"))
        .contains("raw, json, msgpack");
    assertThat(
            Pipelines.config(TcpOutputConfig.class, "tcp_output", "port: 1", "encoding: msgpack")
                .encoder())
        .isEqualTo(TcpOutputConfig.Encoder.MSGPACK);
  }

  @Test
  void localStorageDefaultsAndExplicit() {
    LocalStorageConfig defaults =
        Pipelines.config(
            LocalStorageConfig.class, "localstorage_output", "mounted_path: /srv/archive");
    assertThat(defaults.compression()).isEqualTo(ArchiveCompression.GZIP);
    assertThat(defaults.encoding()).isEqualTo(LocalStorageConfig.Encoding.JSON);
    assertThat(defaults.pathPrefix()).isNull();
    assertThat(defaults.flushInterval()).isEqualTo(Duration.ofMinutes(30));
    assertThat(defaults.maxByteLimit()).isEqualTo(DataSize.parse("16MB"));

    LocalStorageConfig explicit =
        Pipelines.config(
            LocalStorageConfig.class,
            "localstorage_output",
            "mounted_path: /srv/archive",
            "compression: zstd",
            "encoding: raw",
            "path_prefix: {order: [Year, 2 Minute], format: '%s/%s'}",
            "flush_interval: 1h",
            "max_byte_limit: 128MiB");
    assertThat(explicit.pathPrefix().order()).isEqualTo(List.of("Year", "2 Minute"));
    assertThat(explicit.maxByteLimit()).isEqualTo(DataSize.parse("128MiB"));

    assertThat(
            Pipelines.problems(
                "localstorage_output",
                "mounted_path: /srv/archive",
                "path_prefix: {order: [Year], format: '../%s'}"))
        .contains("must not begin with a point");
    assertThat(Pipelines.problems("localstorage_output")).contains("mounted_path");
    assertThat(
            Pipelines.problems(
                "localstorage_output", "mounted_path: /srv/archive", "compression: snappy"))
        .contains("uncompressed, gzip, zstd");
  }

  @Test
  void localStorageTakesTheArchiveSettingsOfThePipeline() {
    String yaml =
        """
        version: v3
        settings: {archive_flush_interval: 1m0s, archive_max_byte_limit: 32MB}
        nodes:
        - {name: demo, type: demo_input}
        - {name: plain, type: localstorage_output, mounted_path: /srv/a}
        - {name: own, type: localstorage_output, mounted_path: /srv/b, flush_interval: 1h}
        - {name: other, type: void_output}
        links:
        - {from: demo, to: plain}
        - {from: demo, to: own}
        - {from: demo, to: other}
        """;

    PipelineLoader.Loaded loaded = Pipelines.load(yaml);

    assertThat(loaded.problems().all()).isEmpty();
    Map<String, LocalStorageConfig> configs =
        loaded.graph().orElseThrow().nodes().stream()
            .filter(node -> node.config() instanceof LocalStorageConfig)
            .collect(
                Collectors.toMap(
                    PipelineGraph.Node::name, node -> (LocalStorageConfig) node.config()));
    assertThat(configs.get("plain").flushInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(configs.get("plain").maxByteLimit()).isEqualTo(DataSize.parse("32MB"));
    assertThat(configs.get("own").flushInterval()).isEqualTo(Duration.ofHours(1));
    assertThat(configs.get("own").maxByteLimit()).isEqualTo(DataSize.parse("32MB"));
  }

  @Test
  void theOthersTakeTheSharedKeysAlone() {
    assertThat(
            Pipelines.config(DebugOutputConfig.class, "ed_debug_output", "batch_size: 7")
                .delivery()
                .batchSize())
        .isEqualTo(7);
    assertThat(Pipelines.config(VoidOutputConfig.class, "void_output").delivery().workers())
        .isEqualTo(5);
  }
}
