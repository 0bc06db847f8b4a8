package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.Source;
import io.forebay.core.config.SourceText;
import io.forebay.core.delivery.QueueSettings;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.item.Batch;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.runtime.PipelineStatus.State;
import io.forebay.core.runtime.TestNodes.TestDestination;
import io.forebay.core.runtime.TestNodes.TestSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pipelines as they are written, with real deliveries. */
@Timeout(60)
class PipelineGraphTest {

  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TestBatches batches = new TestBatches();
  private final Map<String, ConcurrentLinkedQueue<String>> sent = new ConcurrentHashMap<>();
  private final Map<String, ComponentContext> contexts = new ConcurrentHashMap<>();

  private Pipeline pipeline(String yaml, Source source) {
    List<ComponentFactory<?>> types = new ArrayList<>(ComponentRegistry.load().all());
    types.add(
        new TestSource(
            context -> {
              contexts.put(context.nodeName(), context);
              return source;
            }));
    types.add(new TestDestination(this::destination));
    PipelineLoader.Loaded loaded =
        PipelineLoader.parse(
            new SourceText("test.yaml", yaml),
            ComponentRegistry.of(types.toArray(new ComponentFactory<?>[0])),
            Map.<String, String>of()::get);
    PipelineGraph graph =
        loaded.graph().orElseThrow(() -> new AssertionError(loaded.problems().render()));
    return Pipeline.create(graph, directory, registry);
  }

  private Destination destination(ComponentContext context) {
    return batch ->
        Mono.fromSupplier(
            () -> {
              batch
                  .items()
                  .forEach(
                      item ->
                          sent.computeIfAbsent(
                                  context.nodeName(), name -> new ConcurrentLinkedQueue<>())
                              .add(item.body().toUtf8()));
              return SendResult.Delivered.INSTANCE;
            });
  }

  private static final String YAML =
      """
      version: v3
      settings:
        tag: here
        shutdown_grace: 5s
        item_buffer_flush_interval: 20ms
      nodes:
        - {name: in, type: test_input}
        - {name: only a, type: regex_filter, pattern: '^a'}
        - name: tidy
          type: sequence
          processors:
            - {type: generic_mask, capture_group_masks: [{capture_group: '\\d+', mask: '#'}]}
        - {name: matched, type: test_output}
        - {name: rest, type: test_output}
      links:
        - {from: in, to: only a}
        - {from: only a, to: tidy}
        - {from: tidy, to: matched}
        - {from: only a, path: unmatched, to: rest}
      """;

  @Test
  void runsToItsEndAndAddsUp() {
    Flux<Batch> input =
        Flux.range(0, 500).map(i -> batches.of("a " + i, "b " + i, "c " + i)).hide();
    Pipeline pipeline = pipeline(YAML, () -> input);

    pipeline.start().block(WAIT);
    pipeline.completion().block(WAIT);

    assertThat(sent.get("matched")).hasSize(500).containsOnly("a #");
    assertThat(sent.get("rest")).hasSize(1_000).contains("b 0", "c 499");
    assertThat(batches.safe).hasValue(500);
    PipelineStatus status = pipeline.status();
    assertThat(status.state()).isEqualTo(State.RUNNING);
    assertThat(status.nodes())
        .extracting(NodeStatus::name)
        .containsExactlyInAnyOrder("in", "only a", "tidy", "matched", "rest");
    assertThat(status.nodes())
        .filteredOn(node -> node.name().equals("rest"))
        .singleElement()
        .matches(node -> node.readItems() == 1_000 && node.writeItems() == 1_000);
    assertThat(registry.get("forebay.delivery.delivered.items").tags("node", "rest").meter())
        .isNotNull();
    pipeline.stop().block(WAIT);
    assertThat(pipeline.status().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void stopsWhileTheSourceWouldGoOn() {
    Pipeline pipeline =
        pipeline(
            YAML,
            () ->
                Flux.interval(Duration.ofMillis(1)).onBackpressureDrop().map(i -> batches.of("a")));
    pipeline.start().block(WAIT);
    await().until(() -> batches.safe.get() > 5);

    pipeline.stop().block(WAIT);

    await().until(() -> batches.ended() == batches.made.get());
    assertThat(sent.get("matched")).hasSize(batches.safe.get());
  }

  @Test
  void givesEachNodeItsSurroundings() {
    Pipeline pipeline = pipeline(YAML, Flux::never);

    ComponentContext context = contexts.get("in");
    assertThat(context).isNotNull();
    assertThat(context.tag()).isEqualTo("here");
    assertThat(context.dataDirectory()).isEqualTo(directory);
    pipeline.stop().block(WAIT);
  }

  @Test
  void namesOfNodesCannotLeadOutOfADirectory() {
    Path data = Path.of("data");

    assertThat(QueueSettings.deadLetterDirectory(data, "../../etc"))
        .isEqualTo(data.resolve("dead-letters").resolve("%2E%2E%2F%2E%2E%2Fetc"));
    assertThat(QueueSettings.deadLetterDirectory(data, "out-1 é"))
        .isEqualTo(data.resolve("dead-letters").resolve("out-1+%C3%A9"));
  }
}
