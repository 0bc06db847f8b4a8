package io.forebay.source.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.test.StepVerifier;

class WorkerFluxTest {

  private static final Batch BATCH = Batch.of(List.of(), Acknowledgement.ignored());

  @Test
  void emits_what_was_asked_for_and_completes_by_returning() {
    Flux<Batch> flux =
        new WorkerFlux(
            "worker",
            out -> {
              for (int i = 0; i < 3 && out.awaitDemand(); i++) {
                out.emit(BATCH);
              }
            });
    StepVerifier.create(flux, 1)
        .expectNext(BATCH)
        .expectNoEvent(java.time.Duration.ofMillis(50))
        .thenRequest(5)
        .expectNextCount(2)
        .verifyComplete();
  }

  @Test
  void fails_by_throwing() {
    StepVerifier.create(
            new WorkerFlux(
                "worker",
                out -> {
                  throw new IOException("gone");
                }))
        .verifyErrorMessage("gone");
  }

  @Test
  void a_cancel_wakes_the_worker_and_lets_it_tidy_up() {
    AtomicBoolean tidied = new AtomicBoolean();
    Receiver receiver =
        Receiver.of(
            new WorkerFlux(
                "worker",
                out -> {
                  while (!out.isCancelled()) {
                    out.pause(Long.MAX_VALUE);
                  }
                  tidied.set(true);
                }),
            0,
            batch -> {});
    receiver.cancel();
    await().untilTrue(tidied);
    assertThat(receiver.ended()).isEqualTo(SignalType.CANCEL);
  }

  @Test
  void emitting_without_demand_is_refused() {
    AtomicBoolean refused = new AtomicBoolean();
    StepVerifier.create(
            new WorkerFlux(
                "worker",
                out -> {
                  assertThatThrownBy(() -> out.emit(BATCH))
                      .isInstanceOf(IllegalStateException.class);
                  refused.set(true);
                }),
            0)
        .verifyComplete();
    assertThat(refused).isTrue();
  }

  @Test
  void a_cancel_from_within_a_batch_ends_the_waiting() {
    AtomicInteger emitted = new AtomicInteger();
    Flux<Batch> flux =
        new WorkerFlux(
            "worker",
            out -> {
              while (out.awaitDemand()) {
                emitted.incrementAndGet();
                out.emit(BATCH);
              }
            });
    StepVerifier.create(flux.take(2)).expectNextCount(2).verifyComplete();
    assertThat(emitted).hasValue(2);
  }
}
