package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.AgentTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wherever a stop or a failure catches a batch, its share ends. */
@Timeout(60)
class CancelledSharesTest {

  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final Duration GRACE = Duration.ofMillis(200);

  private final Assembly assembly =
      new Assembly(
          new AgentTelemetry(new SimpleMeterRegistry(), Clock.systemUTC()),
          Schedulers.newSingle("test-pipeline", true),
          new Random(1));
  private final TestBatches batches = new TestBatches();
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  // Never disposed of while it emits, so that nothing interrupts the emission.
  private final Scheduler emitting = Schedulers.fromExecutor(Executors.newSingleThreadExecutor());

  private Pipeline start(Flux<Batch> source, Processor processor, ScriptedDelivery delivery) {
    assembly.source("in", "test_input", node -> source::hide);
    assembly.processor("middle", "test_processor", node -> processor);
    assembly.destination("out", "test_output", (n, l) -> delivery, Disposables.disposed());
    assembly.link("in", "", "middle");
    assembly.link("middle", "", "out");
    Pipeline made = new Pipeline(assembly, GRACE, WAIT, Clock.systemUTC());
    made.start().block(WAIT);
    return made;
  }

  private ScriptedDelivery delivery() {
    return new ScriptedDelivery("out");
  }

  private void passGate() {
    arrived.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitAllEnded() {
    await().atMost(WAIT).until(() -> batches.ended() == batches.made.get());
  }

  @Test
  void aBatchThatTheSourceIsStillMakingWhenItIsCancelledFails() throws Exception {
    Flux<Batch> source =
        Flux.<Batch>never()
            .startWith(Flux.defer(() -> Flux.just(batches.of("late"))))
            .subscribeOn(emitting)
            .doOnCancel(cancelled::countDown)
            .map(
                batch -> {
                  passGate();
                  return batch;
                });
    Pipeline pipeline = start(source, flux -> flux, delivery());
    arrived.await();

    pipeline.stop().subscribe();
    cancelled.await();
    gate.countDown();

    awaitAllEnded();
    assertThat(batches.failed).hasValue(1);
    pipeline.stop().block(WAIT);
  }

  private static List<Batch> split(Batch batch) {
    batch.acknowledgement().retain(1);
    return List.of(batch.withItems(batch.items()), batch.withItems(batch.items()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAProcessorHoldsWhenTheGraceEndsFails(boolean splits) {
    Processor holding =
        flux ->
            flux.flatMapIterable(splits ? CancelledSharesTest::split : batch -> List.of(batch), 1);
    Pipeline pipeline =
        start(
            Flux.range(0, 100).map(i -> batches.of("n" + i)).concatWith(Flux.never()),
            holding,
            delivery().hold());
    await().until(() -> batches.made.get() >= (splits ? 1 : 2) * Link.CAPACITY);

    pipeline.stop().block(WAIT);

    awaitAllEnded();
    assertThat(batches.failed).hasValue(batches.made.get());
  }

  private static <T> T fail() {
    throw new IllegalStateException("cannot read it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maps", "flattens", "splits, then maps", "splits, then flattens"})
  void aBatchOnWhichAProcessorFailsIsDroppedOnceHoweverItIsBuilt(String built) {
    UnaryOperator<Batch> fragile =
        batch -> batch.items().get(0).body().toUtf8().equals("bad") ? fail() : batch;
    Processor processor =
        switch (built) {
          case "maps" -> flux -> flux.map(fragile);
          case "flattens" -> flux -> flux.flatMapIterable(b -> List.of(fragile.apply(b)), 1);
          case "splits, then maps" ->
              flux -> flux.flatMapIterable(CancelledSharesTest::split, 1).map(fragile);
          default ->
              flux ->
                  flux.flatMapIterable(CancelledSharesTest::split, 1)
                      .flatMapIterable(b -> List.of(fragile.apply(b)), 1);
        };
    ScriptedDelivery delivery = delivery();
    Pipeline pipeline =
        start(
            Flux.just("1", "bad", "2").map(batches::of).concatWith(Flux.never()),
            processor,
            delivery);

    await().atMost(WAIT).until(() -> batches.ended() == 3);

    assertThat(batches.safe).hasValue(3);
    assertThat(delivery.bodies).doesNotContain("bad").contains("1", "2");
    assertThat(assembly.nodes().filter(node -> node.name().equals("middle")))
        .singleElement()
        .matches(node -> node.drops().get("processor_error").items() == 1);
    pipeline.stop().block(WAIT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchOnWhichAProcessorFailsOnceItIsStoppedEnds(boolean flattens) throws Exception {
    UnaryOperator<Batch> slow =
        batch -> {
          passGate();
          return fail();
        };
    Pipeline pipeline =
        start(
            Flux.<Batch>never()
                .startWith(Flux.defer(() -> Flux.just(batches.of("slow"))))
                .subscribeOn(emitting),
            flux ->
                flattens
                    ? flux.flatMapIterable(batch -> List.of(slow.apply(batch)), 1)
                    : flux.map(slow),
            delivery());
    arrived.await();

    pipeline.stop().block(WAIT);
    gate.countDown();

    awaitAllEnded();
  }
}
