package io.forebay.core.processor.broken;

import reactor.core.publisher.Mono;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class BlockingProcessor {
  public String run(Mono<String> text) {
    return String.valueOf(text.block());
  }
}
