package io.forebay.core.component;

import io.forebay.core.item.Batch;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sends batches to where they are wanted. Knows nothing of queues, retries or order: delivery does
 * that around it.
 */
public interface Destination {

  /**
   * What is to be done once before data comes, such as finishing what an earlier run left behind.
   * Subscribed when the pipeline starts, before the first send; never blocks the thread that
   * subscribes. A failure is shown as the node's trouble and the work begun anew later; nothing
   * waits for its end, so {@link #send} must do without it. Cancelled when the node stops.
   */
  default Mono<Void> start() {
    return Mono.empty();
  }

  /**
   * One attempt to send, cold: each subscription is an attempt. Ends in exactly one {@link
   * SendResult}; an error signal counts as {@link SendResult.Retry}. Cancelling gives the attempt
   * up, and the receiver may or may not have taken it. Called concurrently, as often as the node
   * has workers; never blocks the thread that subscribes.
   *
   * <p>The batch's share is delivery's business: a destination must neither complete nor fail it.
   * The items' bytes hold until the result is there; a destination that wants them for longer
   * copies them. A cancelled attempt may read them for as long as it likes.
   */
  Mono<SendResult> send(Batch batch);

  /**
   * Emits whenever something has changed for which an attempt is worth making now, though the last
   * ones failed and their wait is not over: a renewed certificate, for one. Each element says what
   * it is, for the log. Subscribed once, before the first send; emits on any thread, seldom, and
   * drops what is not asked for; ends with {@link #close} at the latest. Says nothing about whether
   * the attempt will succeed.
   */
  default Flux<String> wakeUps() {
    return Flux.never();
  }

  /**
   * Releases connections and files, after the last send has ended. What a destination still holds
   * in memory (an open file's tail) is written out before it completes. Subscribed once.
   */
  default Mono<Void> close() {
    return Mono.empty();
  }
}
