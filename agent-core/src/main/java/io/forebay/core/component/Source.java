package io.forebay.core.component;

import io.forebay.core.item.Batch;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads telemetry from outside. */
@FunctionalInterface
public interface Source {

  /**
   * The batches, cold. Subscribing opens what the source reads (a port, a file, a process);
   * cancelling closes it, and stops accepting at once. Honours demand: without a request it stops
   * reading, or tells its clients to wait, in bounded memory.
   *
   * <p>Each batch carries one share of an acknowledgement that the receiver must end; after a
   * cancel the shares still out may be ended, well or badly, and must be heard. A batch that an
   * operator of Reactor discards, from a cancel on, has its share failed by the runtime.
   *
   * <p>An error ends the flux when the source cannot go on (a port in use); the runtime reports it
   * and subscribes again later. Completion means that there will be no more (standard input was
   * closed). Emits on a thread of its own choice; never blocks an event loop.
   */
  Flux<Batch> batches();

  /**
   * Whether it takes data at this moment: false as long as what it reads (a port) is not open yet.
   * Asked while it is subscribed; from any thread, and cheap.
   */
  default boolean isUp() {
    return true;
  }

  /**
   * Makes durable what the source still holds in memory (cursors that acknowledgements moved), and
   * then completes. To be subscribed after the cancel, once the shares have ended or nobody waits
   * for them any longer; a share that ends later need not be heard.
   */
  default Mono<Void> close() {
    return Mono.empty();
  }
}
