package io.forebay.core.component;

import io.forebay.core.item.Batch;
import reactor.core.publisher.Mono;

/**
 * A destination whose receiver knows items by number, and so takes none twice. Always in strict
 * order: each batch is subscribed after the one before it, whatever has become of that.
 */
public interface NumberedDestination extends Destination {

  /**
   * As {@link #send(Batch)}. A batch whose predecessor is not settled ({@link Numbering#after})
   * must end in {@link SendResult.Retry} unless the receiver has all of that one.
   */
  Mono<SendResult> send(Batch batch, Numbering numbering);

  /** Batches that may be under way at once, at least 1. */
  int windows();

  /** Not to be used: without numbers nothing can be sent. */
  @Override
  default Mono<SendResult> send(Batch batch) {
    return Mono.error(new IllegalStateException("the batch has no numbers"));
  }
}
