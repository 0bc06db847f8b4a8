package io.forebay.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.Problem;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.TestComponents.OutputConfig;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineLoaderTest {

  private static final ComponentRegistry REGISTRY = TestComponents.REGISTRY;

  /** The block as the vendor's documentation prints it. */
  private static final String SEED_QUEUE =
      """
      version: v3
      settings:
        tag: shop
      links:
      - from: in
        to: my_http_destination
      nodes:
      - name: in
        type: test_input
        port: 8085
      - name: my_http_destination
        type: http_output
        endpoint: https://my-destination.example.com/ingest
        persistent_queue:
          path: /var/lib/edgedelta/outputbuffer
          mode: error
          max_byte_size: 1GB
          drain_rate_limit: 1000
          strict_ordering: false
      """;

  private static PipelineLoader.Loaded load(String yaml) {
    return load(yaml, Map.of());
  }

  private static PipelineLoader.Loaded load(String yaml, Map<String, String> environment) {
    return PipelineLoader.parse(new SourceText("pipeline.yaml", yaml), REGISTRY, environment::get);
  }

  private static PipelineGraph graph(String yaml) {
    PipelineLoader.Loaded loaded = load(yaml);
    return loaded.graph().orElseThrow(() -> new AssertionError(loaded.problems().render()));
  }

  @Test
  void readsThePersistentQueueBlockOfEdgeDeltaUnchanged() {
    PipelineLoader.Loaded loaded = load(SEED_QUEUE);

    assertThat(loaded.problems().all()).isEmpty();
    PipelineGraph graph = loaded.graph().orElseThrow();
    OutputConfig output = (OutputConfig) graph.node("my_http_destination").orElseThrow().config();
    PersistentQueueSettings queue = output.delivery().persistentQueue();
    assertThat(queue)
        .isEqualTo(
            new PersistentQueueSettings(
                Path.of("/var/lib/edgedelta/outputbuffer"),
                PersistentQueueSettings.Mode.ERROR,
                DataSize.ofBytes(1_000_000_000),
                1000,
                false,
                Overflow.DROP_NEWEST,
                PersistentQueueSettings.FsyncPolicy.ALWAYS,
                Duration.ofSeconds(1),
                null,
                Compression.NONE,
                DataSize.ofBytes(64 << 20)));
    assertThat(graph.settings().tag()).isEqualTo("shop");
  }

  @Test
  void givesTheGraphInOrderOfFlow() {
    PipelineGraph graph =
        graph(
            """
            version: v3
            settings: {}
            nodes:
            - {name: out, type: http_output, endpoint: 'http://localhost/'}
            - name: steps
              type: sequence
              processors:
              - {type: test_filter, pattern: a}
              - {type: test_filter, pattern: b, disabled: true}
              - {type: comment, comment: by hand}
            - {name: filter, type: test_filter, pattern: x}
            - {name: in, type: test_input, port: 1}
            links:
            - {from: in, to: filter}
            - {from: filter, path: unmatched, to: out}
            - {from: filter, to: steps}
            - {from: steps, to: out}
            """);

    assertThat(graph.nodes())
        .map(PipelineGraph.Node::name)
        .containsExactly("in", "filter", "steps", "out");
    assertThat(graph.outgoing("filter", "unmatched"))
        .map(PipelineGraph.Link::to)
        .containsExactly("out");
    assertThat(graph.outgoing("filter", "")).map(PipelineGraph.Link::to).containsExactly("steps");
    assertThat(graph.incoming("out")).hasSize(2);
    assertThat(graph.linkedPaths("filter")).containsExactly("", "unmatched");
    TestComponents.SequenceConfig steps =
        (TestComponents.SequenceConfig) graph.node("steps").orElseThrow().config();
    assertThat(steps.processors())
        .map(step -> step.config())
        .containsExactly(new TestComponents.FilterConfig("a"));
  }

  @Test
  void printsProblemsAsACompilerDoes() {
    PipelineLoader.Loaded loaded = load(SEED_QUEUE.replace("strict_ordering", "strict_order"));

    assertThat(loaded.graph()).isEmpty();
    assertThat(loaded.problems().render())
        .isEqualTo(
            """
            pipeline.yaml:19:5: error: node 'my_http_destination': unknown key 'strict_order'
               19 |     strict_order…
                  |     ^
              hint: did you mean 'strict_ordering'?
            """);
  }

  @Test
  void putsEnvironmentAndSecretsIn() {
    PipelineLoader.Loaded loaded =
        load(
            """
            version: v3
            secrets:
              token: {value: '{{ Env "TOKEN" }}'}
            nodes:
            - {name: in, type: test_input, port: {{ Env "PORT" "8085" }}}
            - name: out
              type: http_output
              endpoint: "http://{{ Env "HOST" }}:{{env:BACK}}/x"
              api_key: {{ SECRET token }}
              headers: [{header: Authorization, value: "Bearer {{ SECRET token }}"}]
            links: [{from: in, to: out}]
            """,
            Map.of("HOST", "example.com", "BACK", "81", "TOKEN", "hunter2"));

    PipelineGraph graph = loaded.graph().orElseThrow(() -> new AssertionError(loaded.problems()));
    OutputConfig output = (OutputConfig) graph.node("out").orElseThrow().config();
    assertThat(output.endpoint()).hasToString("http://example.com:81/x");
    assertThat(output.apiKey().reveal()).isEqualTo("hunter2");
    assertThat(output.headers().get(0).value().reveal()).isEqualTo("Bearer hunter2");
    assertThat(graph.node("in").orElseThrow().config())
        .isEqualTo(
            new TestComponents.InputConfig(
                8085, false, 250, Duration.ofSeconds(5), Duration.ofSeconds(1)));
  }

  @Test
  void translatesTheDeprecatedBufferKeys() {
    PipelineLoader.Loaded loaded =
        load(
            """
            version: v3
            nodes:
            - {name: in, type: test_input, port: 1}
            - name: out
              type: http_output
              endpoint: http://localhost/
              buffer_path: /var/log/edgedelta/pushbuffer/
              buffer_max_bytesize: 100MB
              buffer_ttl: 2h
            links: [{from: in, to: out}]
            """);

    assertThat(loaded.problems().all())
        .map(Problem::severity)
        .containsExactly(Problem.Severity.WARNING);
    OutputConfig output =
        (OutputConfig) loaded.graph().orElseThrow().node("out").orElseThrow().config();
    PersistentQueueSettings queue = output.delivery().persistentQueue();
    assertThat(queue.path()).isEqualTo(Path.of("/var/log/edgedelta/pushbuffer"));
    assertThat(queue.maxByteSize()).isEqualTo(DataSize.parse("100MB"));
    assertThat(queue.maxAge()).isEqualTo(Duration.ofHours(2));
    assertThat(queue.mode()).isEqualTo(PersistentQueueSettings.Mode.ERROR);
  }

  @Test
  void takesTheKeysOfEdgeDeltaThatMeanNothingHereWithOneWarning() {
    PipelineLoader.Loaded loaded =
        load(
            """
            version: v3
            settings:
              tag: t
              log: {level: info, buffer_size: 1000, flush_bytesize: 16MB}
              archive_flush_interval: 1m0s
              read_settings: {}
              parallelism_settings: {buffer_flush_workers: "auto"}
            nodes:
            - {name: in, type: test_input, port: 1, channel_size: 20000, user_description: x}
            - {name: out, type: http_output, endpoint: 'http://localhost/', features: log, flush_interval: 1m}
            links: [{from: in, to: out}]
            """);

    assertThat(loaded.graph()).isPresent();
    assertThat(loaded.problems().all())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains(
            "log.buffer_size",
            "log.flush_bytesize",
            "settings.read_settings",
            "in.channel_size",
            "out.features",
            "out.flush_interval")
        .doesNotContain("user_description", "archive_flush_interval");
  }

  @Test
  void findsEveryProblemOfAFileAtOnce() {
    List<Problem> problems =
        load("""
                version: v2
                nodes:
                - {name: in, type: test_inptu, port: 0}
                - {name: in2, type: test_input, port: 70000}
                - name: out
                  type: http_output
                  endpoint: localhost
                  batch_size: many
                  persistent_queue: {mode: eror, max_byte_size: 1XB}
                links:
                - {from: in2, to: outt}
                """)
            .problems()
            .errors();

    assertThat(problems)
        .map(problem -> problem.line() + " " + problem.message())
        .containsExactly(
            "1 version 'v2' is not supported",
            "3 unknown node type 'test_inptu'",
            "4 port: '70000' is too large; at most 65535",
            "7 endpoint: 'localhost' is no whole URL; write it with http:// or https://",
            "8 batch_size: 'many' is no whole number",
            "9 key 'path' is missing",
            "9 mode: 'eror' is not among the values: error, backpressure, always",
            "9 max_byte_size: '1XB' is no size; write bytes, or a number with KB, MB, GB, KiB, MiB or GiB",
            "11 the link's 'to' names no node: 'outt'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"test_inptu", "test_inputt", "tets_input"})
  void aMisspelledTypeIsGuessedWhateverItsEnd(String type) {
    assertThat(
            load("""
                version: v3
                nodes:
                - {name: in, type: %s, port: 1}
                """
                    .formatted(type))
                .problems()
                .render())
        .contains("did you mean 'test_input'?");
  }

  @Test
  void givesSourcesTheSettingsThatStandForTheirKeys() {
    PipelineGraph graph =
        graph(
            """
            version: v3
            settings:
              multiline_max_size: 10
              source_discovery_interval: 7s
              persisting_cursor_settings: {path: /c, flush_interval: 1m, file_name: c.json}
            nodes:
            - {name: in, type: test_input, port: 1, discovery_interval: 8s}
            - {name: out, type: http_output, endpoint: 'http://localhost/'}
            links: [{from: in, to: out}]
            """);

    assertThat(graph.node("in").orElseThrow().config())
        .isEqualTo(
            new TestComponents.InputConfig(
                1, false, 10, Duration.ofSeconds(8), Duration.ofMinutes(1)));
  }

  @Test
  void settingsHaveTheDocumentedDefaults() {
    assertThat(graph(SEED_QUEUE.replace("  tag: shop", "  tag: forebay")).settings())
        .isEqualTo(
            new AgentSettings(
                "forebay",
                new AgentSettings.LogSettings(AgentSettings.Level.INFO),
                Duration.ofSeconds(5),
                DataSize.parse("1MiB"),
                Duration.ofSeconds(10),
                new AgentSettings.CursorSettings(null, null),
                null,
                null,
                null,
                null,
                null,
                null,
                null));
    assertThat(graph(SEED_QUEUE.replace("settings:\n  tag: shop\n", "")).settings().tag())
        .isEqualTo("forebay");
  }

  @Test
  void refusesStepsThatCannotBeObeyed() {
    PipelineLoader.Loaded loaded =
        load(
            """
            version: v3
            nodes:
            - {name: in, type: test_input, port: 1}
            - name: steps
              type: sequence
              processors:
              - {type: test_filter, pattern: a, condition: 'x == 1'}
              - {type: test_filter, pattern: a, keep_item: true}
              - {type: test_filter, pattern: a, keep_item: false, data_types: [log], final: true}
              - {type: test_filtr, pattern: a}
              - {type: http_output}
              - {type: test_filter, patern: a}
              - {type: nothing_known, disabled: true}
            - {name: out, type: http_output, endpoint: 'http://localhost/'}
            links: [{from: in, to: steps}, {from: steps, to: out}]
            """);

    assertThat(loaded.problems().errors())
        .map(problem -> problem.line() + " " + problem.message())
        .containsExactly(
            "7 conditions of steps are not supported, and without it the step would change every item",
            "8 keep_item: true is not supported",
            "10 'test_filtr' is no known processor type",
            "11 'http_output' is no processor",
            "12 key 'pattern' is missing",
            "12 unknown key 'patern'");
    assertThat(loaded.problems().warnings())
        .singleElement()
        .asString()
        .contains("steps.processors.data_types, steps.processors.final");
  }

  @Test
  void refusesBothTheOldAndTheNewBufferKeys() {
    PipelineLoader.Loaded loaded =
        load(SEED_QUEUE.replace("  persistent_queue:", "  buffer_path: /x\n  persistent_queue:"));

    assertThat(loaded.problems().errors())
        .map(Problem::message)
        .containsExactly("'buffer_path' and 'persistent_queue' are both given");
  }

  @Test
  void ignoresWhatIsWrongInADisabledNode() {
    PipelineLoader.Loaded loaded =
        load(
            SEED_QUEUE
                + "- {name: later, type: kafka_output, disabled: true, topic: x}\n"
                + "- {name: off, type: http_output, disabled: true, endpoint: {{ Env \"NOT_SET\" }}}\n");

    assertThat(loaded.graph()).isPresent();
    assertThat(loaded.problems().all()).isEmpty();
  }

  @Test
  void neverPrintsASecretOfTheFile() {
    PipelineLoader.Loaded loaded =
        load(
            """
            version: v3
            secrets:
              a: {value: hunter2, descripton: x}
              b: hunter2
              c: {value: '{{ SECRET a }}'}
              d: {value: "{{ Env \"X\" }}hunter2"}
            nodes:
            - {name: "{{ SECRET a }}", type: test_input, port: "{{ SECRET a }}"}
            - {name: i, type: "{{ SECRET a }}"}
            - {name: o, type: http_output, endpoint: "{{ SECRET a }}", batch_size: "{{ SECRET a }}"}
            - {name: p, type: http_output, endpoint: "{{ SECRET c }}", batch_timeout: "{{ SECRET d }}"}
            links: [{from: i, to: "{{ SECRET a }}"}]
            """);

    assertThat(loaded.problems().errors()).hasSizeGreaterThan(7);
    assertThat(loaded.problems().render()).doesNotContain("hunter2");
  }

  @Test
  void tellsOfAFileThatIsNotThere() {
    PipelineLoader.Loaded loaded =
        PipelineLoader.load(Path.of("/no/such/file.yaml"), REGISTRY, Map.<String, String>of()::get);

    assertThat(loaded.graph()).isEmpty();
    assertThat(loaded.problems().render())
        .isEqualTo(
            "/no/such/file.yaml: error: no such file\n  hint: looked for /no/such/file.yaml\n");
  }

  @Test
  void readsANodeAloneForTests() {
    NodeParser.Parsed<OutputConfig> parsed =
        NodeParser.parse(new TestComponents.TestOutput(), "endpoint: http://localhost/");

    assertThat(parsed.orThrow().endpoint()).hasToString("http://localhost/");
    assertThat(NodeParser.parse(new TestComponents.TestOutput(), "").problems().render())
        .contains("node 'http_output': key 'endpoint' is missing");
  }
}
