package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Thousands of batches under random timing: nothing is lost, doubled or left without an answer. */
@Timeout(60)
class ConservationTest {

  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final int SOURCES = 3;
  private static final int BATCHES = 1_500;

  private final Assembly assembly =
      new Assembly(
          new AgentTelemetry(new SimpleMeterRegistry(), Clock.systemUTC()),
          Schedulers.newSingle("test-pipeline", true),
          new Random(1));
  private final TestBatches batches = new TestBatches();
  private final Map<String, ScriptedDelivery> destinations = new ConcurrentHashMap<>();
  private final List<Scheduler> schedulers = new ArrayList<>();

  @AfterEach
  void disposeOfThreads() {
    schedulers.forEach(Scheduler::dispose);
  }

  private static void dawdle(SplittableRandom random) {
    int dice = random.nextInt(100);
    if (dice < 2) {
      LockSupport.parkNanos(1_000_000);
    } else if (dice < 20) {
      Thread.yield();
    }
  }

  private void sources(SplittableRandom random) {
    for (int i = 0; i < SOURCES; i++) {
      source("s" + i, random.split(), scheduler("source-" + i));
    }
  }

  private Scheduler scheduler(String name) {
    Scheduler scheduler = Schedulers.newSingle(name, true);
    schedulers.add(scheduler);
    return scheduler;
  }

  private void source(String name, SplittableRandom random, Scheduler scheduler) {
    Flux<Batch> flux =
        Flux.range(0, BATCHES)
            .map(
                i -> {
                  dawdle(random);
                  return batches.of(
                      IntStream.range(0, random.nextInt(4))
                          .mapToObj(item -> name + "-" + i + "-" + item)
                          .toArray(String[]::new));
                })
            .subscribeOn(scheduler)
            .publishOn(scheduler, 1 + random.nextInt(3));
    assembly.source(name, "test_input", node -> () -> flux);
  }

  private void processor(String name, Function<NodeTelemetry, Processor> maker) {
    assembly.processor(name, "test_processor", maker);
  }

  private void destination(String name) {
    ScriptedDelivery delivery = new ScriptedDelivery(name);
    destinations.put(name, delivery);
    assembly.destination(name, "test_output", (n, l) -> delivery, Disposables.disposed());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everythingArrivesOnceOrIsCounted(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    sources(random);
    SplittableRandom parting = random.split();
    processor("part", node -> flux -> flux.flatMapIterable(batch -> part(batch, parting), 1));
    Scheduler hop = scheduler("hop");
    processor("hop", node -> flux -> flux.publishOn(hop, 2));
    Set<String> refused = Collections.newSetFromMap(new ConcurrentHashMap<>());
    AtomicInteger seen = new AtomicInteger();
    processor(
        "fragile",
        node ->
            Processor.ofBatches(
                batch -> {
                  if (seen.incrementAndGet() % 97 == 0) {
                    batch.items().forEach(item -> refused.add(item.body().toUtf8()));
                    throw new IllegalStateException("every 97th");
                  }
                  return batch;
                }));
    destination("left");
    destination("right");
    destination("all");
    for (int i = 0; i < SOURCES; i++) {
      assembly.link("s" + i, "", "part");
      assembly.link("s" + i, "", "all");
    }
    assembly.link("part", "left", "hop");
    assembly.link("part", "right", "fragile");
    assembly.link("hop", "", "left");
    assembly.link("fragile", "", "right");

    Pipeline pipeline =
        new Pipeline(assembly, Duration.ofSeconds(5), Duration.ofSeconds(30), Clock.systemUTC());
    pipeline.start().block(WAIT);
    pipeline.completion().block(WAIT);

    assertThat(batches.made).hasValue(SOURCES * BATCHES);
    assertThat(batches.safe).hasValue(SOURCES * BATCHES);
    assertThat(batches.failed).hasValue(0);
    Set<String> all = unique("all");
    Set<String> left = unique("left");
    Set<String> right = unique("right");
    assertThat(left).doesNotContainAnyElementsOf(right);
    Map<String, NodeStatus> nodes =
        pipeline.status().nodes().stream()
            .collect(Collectors.toMap(NodeStatus::name, Function.identity()));
    long filtered = dropped(nodes.get("part"), "filtered");
    assertThat(dropped(nodes.get("fragile"), "processor_error")).isEqualTo(refused.size());
    assertThat(all).hasSize(left.size() + right.size() + refused.size() + (int) filtered);
    for (NodeStatus node : nodes.values()) {
      if (node.delivery() == null) {
        long drops = node.drops().values().stream().mapToLong(NodeTelemetry.Drops::items).sum();
        assertThat(node.writeItems() + drops).as(node.name()).isEqualTo(node.readItems());
      }
    }
    pipeline.stop().block(WAIT);
  }

  private Set<String> unique(String destination) {
    List<String> bodies = destinations.get(destination).bodies;
    Set<String> unique = new HashSet<>(bodies);
    assertThat(bodies).hasSize(unique.size());
    return unique;
  }

  private static long dropped(NodeStatus node, String reason) {
    NodeTelemetry.Drops drops = node.drops().get(reason);
    return drops == null ? 0 : drops.items();
  }

  /** Deals a batch's items out to three exits, one of which leads nowhere. */
  private static List<Batch> part(Batch batch, SplittableRandom random) {
    List<Batch> parts = new ArrayList<>();
    for (String path : List.of("left", "right", "nowhere")) {
      parts.add(batch.withItems(new ArrayList<>()).withPath(path));
    }
    batch.items().forEach(item -> parts.get(random.nextInt(3)).items().add(item));
    batch.acknowledgement().retain(2);
    return parts;
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void aStopInTheMiddleLeavesNoShareWithoutAnAnswer(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    sources(random);
    processor("pass", node -> Processor.ofBatches(batch -> batch));
    destination("out");
    for (int i = 0; i < SOURCES; i++) {
      assembly.link("s" + i, "", "pass");
    }
    assembly.link("pass", "", "out");
    Pipeline pipeline =
        new Pipeline(assembly, Duration.ofSeconds(5), Duration.ofSeconds(30), Clock.systemUTC());
    pipeline.start().block(WAIT);
    int before = random.nextInt(1, SOURCES * BATCHES / 4);
    await()
        .atMost(WAIT)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> batches.safe.get() >= before);

    pipeline.stop().block(WAIT);

    assertThat(batches.safe.get()).isPositive();
    // What a source had made but not yet emitted when it was cancelled is its own; all else
    // arrives.
    long carried =
        pipeline.status().links().stream()
            .filter(link -> link.to().equals("pass"))
            .mapToLong(PipelineStatus.LinkStatus::items)
            .sum();
    assertThat(unique("out")).hasSize((int) carried);
  }
}
