package io.forebay.core.processor.broken;

import reactor.core.publisher.Flux;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class ProcessorSubscribes {
  public void run(Flux<String> texts) {
    texts.subscribe();
  }
}
