package io.forebay.source.worker;

import io.forebay.core.item.Batch;

/**
 * The way out for the thread of a {@link WorkerFlux}. Only that thread may emit and wait; {@link
 * #wake} and the questions may come from any thread.
 */
public interface Emitter {

  /** Whether the subscriber has gone. Nothing may be emitted after that. */
  boolean isCancelled();

  /** Batches that may be emitted now. */
  long demand();

  /**
   * Hands a batch to the subscriber, on this thread. Needs demand.
   *
   * @throws IllegalStateException when there is no demand
   */
  void emit(Batch batch);

  /**
   * Waits until there is demand.
   *
   * @return false when cancelled
   */
  boolean awaitDemand();

  /**
   * Waits for the time, or until demand arrives, the subscriber goes or {@link #wake} is called.
   * May return early for no reason.
   */
  void pause(long nanos);

  /** Ends a {@link #pause} under way, or the next one. */
  void wake();
}
