package io.forebay.core.delivery;

import io.forebay.core.item.Batch;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Delivers what it is given to one destination, at least once. */
public interface Delivery {

  /**
   * What the destination does once before data comes; may be subscribed again after a failure.
   * Nothing waits for it.
   */
  default Mono<Void> prepare() {
    return Mono.empty();
  }

  /**
   * Opens the queue and the dead letters and begins to drain what an earlier run left. Fails when
   * the queue cannot be opened. To be subscribed once, before {@link #accept}.
   */
  Mono<Void> start();

  /**
   * Takes the batches over, ending each one's share when it is safe. Requests no more than memory
   * has room for, so that sources slow down. Completes when {@code batches} has completed and
   * everything taken was handed on to memory or disk; cancelling stops taking. Once all of these
   * have completed, what is held is sent without waiting for complete batches.
   */
  Mono<Void> accept(Flux<Batch> batches);

  /**
   * Orderly stop, after upstream was cancelled: within {@code grace} what is in memory is sent, the
   * rest goes to the queue (or has its shares failed, without one); then the queue and the
   * destination are closed. Completes when all is done, shortly after {@code grace} at the latest.
   * Idempotent.
   */
  Mono<Void> stop(Duration grace);

  /**
   * How things stood at the end of the delivery's last step: exact once {@link #accept} or {@link
   * #stop} has completed; otherwise what happened within the step under way (256 messages at most,
   * none of which waits for anything) is not in it yet. Cheap; from any thread.
   */
  DeliverySnapshot snapshot();
}
