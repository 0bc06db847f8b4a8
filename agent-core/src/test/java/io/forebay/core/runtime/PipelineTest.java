package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.Processor;
import io.forebay.core.component.Source;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.item.Batch;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.runtime.PipelineStatus.State;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.queue.QueueStatistics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class PipelineTest {

  private static final Duration WAIT = Duration.ofSeconds(20);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Assembly assembly =
      new Assembly(
          new AgentTelemetry(registry, Clock.systemUTC()),
          Schedulers.newSingle("test-pipeline", true),
          new Random(1));
  private final TestBatches batches = new TestBatches();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Sinks.Many<Batch> input = Sinks.many().unicast().onBackpressureBuffer();
  private @Nullable Pipeline pipeline;
  private Duration stalledAfter = Duration.ofSeconds(30);

  private ScriptedDelivery destination(String name) {
    ScriptedDelivery delivery = new ScriptedDelivery(name, calls);
    assembly.destination(name, "test_output", (n, l) -> delivery, Disposables.disposed());
    return delivery;
  }

  private void source(String name, Flux<Batch> flux) {
    assembly.source(name, "test_input", node -> flux::hide);
  }

  private void processor(String name, Processor processor) {
    assembly.processor(name, "test_processor", node -> processor);
  }

  private Pipeline start() {
    return start(Duration.ofSeconds(4));
  }

  private Pipeline start(Duration grace) {
    Pipeline made = new Pipeline(assembly, grace, stalledAfter, Clock.systemUTC());
    pipeline = made;
    made.start().block(WAIT);
    return made;
  }

  private static NodeStatus node(Pipeline pipeline, String name) {
    return pipeline.status().nodes().stream()
        .filter(status -> status.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void stop() {
    Pipeline running = pipeline;
    if (running != null) {
      running.stop().block(WAIT);
    }
  }

  @Test
  void carriesBatchesFromSourceToDestination() {
    source("in", input.asFlux());
    ScriptedDelivery out = destination("out");
    assembly.link("in", "", "out");
    Pipeline running = start();

    input.tryEmitNext(batches.of("a", "b"));
    input.tryEmitNext(batches.of("c"));

    await().until(() -> batches.safe.get() == 2);
    assertThat(out.bodies).containsExactly("a", "b", "c");
    NodeStatus in = node(running, "in");
    assertThat(in.readItems()).isEqualTo(3);
    assertThat(in.writeItems()).isEqualTo(3);
    assertThat(in.writeBytes()).isPositive().isEqualTo(node(running, "out").readBytes());
    assertThat(running.status().links()).singleElement().matches(link -> link.items() == 3);
    assertThat(running.health().ready()).isTrue();
  }

  @Test
  void sourceHearsOnceEveryDestinationHasEndedItsShare() {
    source("in", input.asFlux());
    ScriptedDelivery quick = destination("quick");
    ScriptedDelivery slow = destination("slow").hold();
    assembly.link("in", "", "quick");
    assembly.link("in", "", "slow");
    start();

    input.tryEmitNext(batches.of("a"));
    await().until(() -> quick.bodies.size() == 1);
    assertThat(batches.ended()).isZero();

    slow.letGo();
    await().until(() -> batches.safe.get() == 1);
    assertThat(slow.bodies).containsExactly("a");
  }

  @Test
  void theSlowestTakerGoverns() {
    AtomicInteger emitted = new AtomicInteger();
    source("in", Flux.generate(sink -> sink.next(batches.of("n" + emitted.incrementAndGet()))));
    ScriptedDelivery quick = destination("quick");
    ScriptedDelivery slow = destination("slow").hold();
    assembly.link("in", "", "quick");
    assembly.link("in", "", "slow");
    start();

    await().until(() -> quick.bodies.size() == emitted.get() && emitted.get() >= Link.CAPACITY);
    await()
        .during(Duration.ofMillis(200))
        .atMost(WAIT)
        .until(() -> emitted.get() <= Link.CAPACITY + 1);
    assertThat(slow.bodies).isEmpty();
  }

  @Test
  void mergesSeveralSources() {
    for (String name : List.of("a", "b", "c")) {
      source(
          name,
          Flux.range(0, 300)
              .map(i -> batches.of(name + i))
              .publishOn(Schedulers.boundedElastic(), 1));
    }
    ScriptedDelivery out = destination("out");
    List.of("a", "b", "c").forEach(name -> assembly.link(name, "", "out"));
    Pipeline running = start();

    running.completion().block(WAIT);
    assertThat(out.bodies).hasSize(900).doesNotHaveDuplicates();
    assertThat(out.bodies.stream().filter(body -> body.startsWith("b")))
        .containsExactlyElementsOf(IntStream.range(0, 300).mapToObj(i -> "b" + i).toList());
    assertThat(batches.safe).hasValue(900);
  }

  @Test
  void routesByExitAndDropsAtAnExitWithoutLinks() {
    source("in", input.asFlux());
    processor(
        "split", flux -> flux.map(batch -> batch.withPath(batch.items().get(0).body().toUtf8())));
    ScriptedDelivery left = destination("left");
    assembly.link("in", "", "split");
    assembly.link("split", "left", "left");
    Pipeline running = start();

    input.tryEmitNext(batches.of("left"));
    input.tryEmitNext(batches.of("right", "x"));
    input.tryEmitNext(batches.of(""));

    await().until(() -> batches.safe.get() == 3);
    assertThat(left.bodies).containsExactly("left");
    NodeStatus split = node(running, "split");
    assertThat(split.drops().get("filtered").items()).isEqualTo(2);
    assertThat(split.drops().get("unrouted").items()).isEqualTo(1);
    assertThat(split.writeItems()).isEqualTo(1);
    assertThat(
            registry
                .get("forebay.dropped.items")
                .tags("node", "split", "reason", "filtered")
                .functionCounter()
                .count())
        .isEqualTo(2);
  }

  @Test
  void anEmptyBatchEndsItsShareAtOnce() {
    source("in", input.asFlux());
    ScriptedDelivery out = destination("out").hold();
    assembly.link("in", "", "out");
    start();

    input.tryEmitNext(batches.of());

    await().until(() -> batches.safe.get() == 1);
    assertThat(out.snapshot().receivedItems()).isZero();
  }

  @Test
  void aProcessorThatFailsOnABatchLosesThatBatchOnlyAndSaysSo() {
    source("in", input.asFlux());
    processor(
        "fragile",
        Processor.ofBatches(
            batch -> {
              if (batch.items().get(0).body().toUtf8().startsWith("bad")) {
                throw new IllegalStateException("cannot read it");
              }
              return batch;
            }));
    ScriptedDelivery out = destination("out");
    assembly.link("in", "", "fragile");
    assembly.link("fragile", "", "out");
    Pipeline running = start();

    for (String body : List.of("1", "bad", "2", "bad again", "3")) {
      input.tryEmitNext(batches.of(body));
    }

    await().until(() -> batches.safe.get() == 5);
    assertThat(out.bodies).containsExactly("1", "2", "3");
    assertThat(node(running, "fragile").drops().get("processor_error").items()).isEqualTo(2);
    assertThat(running.health().ready()).isFalse();
    assertThat(running.health().reasons())
        .singleElement()
        .matches(reason -> reason.node().equals("fragile"))
        .matches(reason -> reason.message().equals("cannot read it"));
  }

  @Test
  void aProcessorThatExhaustsTheStackIsBegunAnew() {
    source("in", input.asFlux());
    processor(
        "deep",
        Processor.ofBatches(
            batch -> {
              if (batch.items().get(0).body().toUtf8().equals("bad")) {
                throw new StackOverflowError();
              }
              return batch;
            }));
    ScriptedDelivery out = destination("out");
    assembly.link("in", "", "deep");
    assembly.link("deep", "", "out");
    start();

    input.tryEmitNext(batches.of("bad"));
    input.tryEmitNext(batches.of("good"));

    await().until(() -> batches.safe.get() == 2);
    assertThat(out.bodies).containsExactly("good");
  }

  @Test
  void aProcessorThatNeverWorksIsTriedAtAPaceAndLeavesTheOthersAlone() {
    AtomicInteger begun = new AtomicInteger();
    source("in", input.asFlux());
    processor(
        "broken",
        flux -> {
          begun.incrementAndGet();
          throw new IllegalStateException("no dictionary");
        });
    ScriptedDelivery starved = destination("starved");
    ScriptedDelivery fed = destination("fed");
    assembly.link("in", "", "broken");
    assembly.link("broken", "", "starved");
    assembly.link("in", "", "fed");
    Pipeline running = start(Duration.ofMillis(200));

    input.tryEmitNext(batches.of("a"));

    await().until(() -> fed.bodies.size() == 1);
    await().during(Duration.ofMillis(300)).until(() -> begun.get() <= 2);
    assertThat(starved.bodies).isEmpty();
    assertThat(node(running, "broken").trouble()).isEqualTo("no dictionary");
    running.stop().block(WAIT);
    assertThat(batches.failed).hasValue(1);
  }

  @Test
  void aSourceWhosePortIsInUseIsTriedAgainWhileTheOthersGoOn() throws IOException {
    ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = occupant.getLocalPort();
    Source listening =
        () ->
            Flux.create(
                sink -> {
                  try {
                    ServerSocket own = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    sink.onDispose(() -> close(own));
                    sink.next(batches.of("listening"));
                  } catch (IOException e) {
                    sink.error(e);
                  }
                });
    assembly.source("port", "test_input", node -> listening);
    source("other", input.asFlux());
    ScriptedDelivery out = destination("out");
    assembly.link("port", "", "out");
    assembly.link("other", "", "out");
    Pipeline running = start();

    await().until(() -> !running.health().ready());
    assertThat(running.health().reasons())
        .singleElement()
        .matches(reason -> reason.node().equals("port") && reason.message().contains("in use"));
    input.tryEmitNext(batches.of("other"));
    await().until(() -> out.bodies.contains("other"));

    occupant.close();
    await().atMost(WAIT).until(() -> out.bodies.contains("listening"));
    await().atMost(WAIT).until(() -> running.health().ready());
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void startsDestinationsBeforeSourcesAndStopsSourcesFirst() {
    Flux<Batch> flux =
        input
            .asFlux()
            .doOnSubscribe(s -> calls.add("subscribe in"))
            .doOnCancel(() -> calls.add("cancel in"));
    Source source =
        new Source() {
          @Override
          public Flux<Batch> batches() {
            return flux;
          }

          @Override
          public Mono<Void> close() {
            return Mono.fromRunnable(() -> calls.add("close in"));
          }
        };
    assembly.source("in", "test_input", node -> source);
    ScriptedDelivery out = destination("out");
    assembly.link("in", "", "out");
    Pipeline running = start();
    await().until(() -> calls.contains("subscribe in"));
    input.tryEmitNext(batches.of("a"));
    await().until(() -> out.bodies.size() == 1);
    assertThat(running.status().state()).isEqualTo(State.RUNNING);

    running.stop().block(WAIT);

    assertThat(calls)
        .containsExactly(
            "start out", "subscribe in", "cancel in", "accepted out", "stop out", "close in");
    assertThat(running.status().state()).isEqualTo(State.STOPPED);
    assertThat(running.health().ready()).isFalse();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void stopRunsProcessorsDryAndFailsOnlyWhatFindsNoRoom() {
    source("in", Flux.range(0, 100).map(i -> batches.of("n" + i)).concatWith(Flux.never()));
    processor("pass", flux -> flux);
    ScriptedDelivery out = destination("out").hold();
    assembly.link("in", "", "pass");
    assembly.link("pass", "", "out");
    Pipeline running = start(Duration.ofMillis(400));
    await().until(() -> batches.made.get() >= 2 * Link.CAPACITY);

    running.stop().block(WAIT);

    assertThat(out.bodies).isEmpty();
    assertThat(batches.failed).hasValue(batches.made.get());
  }

  @Test
  void completesWhenAllSourcesAreExhaustedAndEverythingIsDelivered() {
    source("in", Flux.just(batches.of("a"), batches.of("b")));
    processor("pass", flux -> flux);
    ScriptedDelivery out = destination("out").hold();
    assembly.link("in", "", "pass");
    assembly.link("pass", "", "out");
    Pipeline running = start();
    AtomicInteger completed = new AtomicInteger();
    running.completion().subscribe(nothing -> {}, e -> {}, completed::incrementAndGet);

    await().during(Duration.ofMillis(200)).until(() -> completed.get() == 0);
    out.letGo();
    await().until(() -> completed.get() == 1);
    assertThat(out.bodies).containsExactly("a", "b");
  }

  @Test
  void aStatusTellsWhatHasHappenedSinceTheLast() {
    source("in", input.asFlux());
    destination("out");
    assembly.link("in", "", "out");
    Pipeline running = start();

    for (int i = 1; i <= 3; i++) {
      input.tryEmitNext(batches.of("a"));
      await().until(() -> batches.ended() == batches.made.get());

      DeliveryStatus delivery = node(running, "out").delivery();
      assertThat(delivery).isNotNull();
      assertThat(delivery.snapshot().deliveredItems()).isEqualTo(i);
      // The meters of a scrape are no older than the status.
      assertThat(registry.get("forebay.delivery.delivered.items").functionCounter().count())
          .isEqualTo(i);
    }
  }

  @Test
  void doesNotCompleteBecauseItIsStopped() {
    source("in", input.asFlux());
    destination("out");
    assembly.link("in", "", "out");
    Pipeline running = start();
    AtomicInteger completed = new AtomicInteger();
    running.completion().subscribe(nothing -> {}, e -> {}, completed::incrementAndGet);

    running.stop().block(WAIT);

    assertThat(completed).hasValue(0);
  }

  @Test
  void aDestinationThatCannotBeOpenedFailsTheStartAndClosesTheOthers() {
    source("in", Flux.just(batches.of("a")));
    destination("good");
    destination("locked").failingToStart("the queue is in use by process 7");
    assembly.link("in", "", "good");
    assembly.link("in", "", "locked");

    assertThatThrownBy(this::start)
        .isInstanceOf(PipelineStartException.class)
        .hasMessage("node 'locked' could not start: the queue is in use by process 7");
    assertThat(calls).contains("stop good", "stop locked");
    assertThat(batches.made).hasValue(1);
    assertThat(batches.ended()).isZero();
    Pipeline failed = pipeline;
    assertThat(failed).isNotNull();
    assertThat(failed.health().live()).isFalse();
  }

  @Test
  void aDestinationThatCannotPrepareIsTriedAgainWhileItDelivers() {
    AtomicInteger attempts = new AtomicInteger();
    source("in", input.asFlux());
    ScriptedDelivery out = destination("out");
    out.preparation =
        Mono.defer(
            () ->
                attempts.incrementAndGet() < 2
                    ? Mono.error(new IllegalStateException("the directory is locked"))
                    : Mono.empty());
    assembly.link("in", "", "out");
    Pipeline running = start();

    assertThat(running.health().reasons())
        .singleElement()
        .matches(reason -> reason.message().contains("the directory is locked"));
    input.tryEmitNext(batches.of("a"));
    await().until(() -> out.bodies.contains("a"));

    await().atMost(WAIT).until(() -> running.health().ready());
    assertThat(attempts).hasValue(2);
  }

  @Test
  void stopCancelsAPreparationThatDoesNotEnd() {
    AtomicInteger cancelled = new AtomicInteger();
    destination("out").preparation = Mono.<Void>never().doOnCancel(cancelled::incrementAndGet);

    start().stop().block(WAIT);

    assertThat(cancelled).hasValue(1);
  }

  @Test
  void healthTellsOfPausedStalledAndFailingDisks() {
    stalledAfter = Duration.ZERO;
    source("in", input.asFlux());
    ScriptedDelivery out = destination("out").hold();
    assembly.link("in", "", "out");
    Pipeline running = start();
    assertThat(running.health().ready()).isTrue();

    input.tryEmitNext(batches.of("a"));
    out.state = DeliveryState.PAUSED;
    out.queue = new QueueStatistics(1, 10, 100, 1000, 1, 1, 0, 0, 1, true);

    await()
        .untilAsserted(
            () ->
                assertThat(running.health().reasons())
                    .extracting(HealthReport.Reason::code)
                    .containsExactly("paused", "disk_failing", "stalled"));
    assertThat(running.health().live()).isTrue();
  }

  @Test
  void stopBeforeStartLeavesNothingToDo() {
    destination("out");
    Pipeline never = new Pipeline(assembly, Duration.ZERO, stalledAfter, Clock.systemUTC());

    never.stop().block(WAIT);

    assertThatThrownBy(() -> never.start().block(WAIT)).isInstanceOf(RuntimeException.class);
    assertThat(calls).isEmpty();
  }
}
