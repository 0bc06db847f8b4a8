package io.forebay.core.runtime;

import io.forebay.core.item.Batch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;

/**
 * What becomes of signals that Reactor has no taker for, such as an error after a cancel: they are
 * logged, and the share of a batch fails, so that its source hears.
 */
final class DroppedSignals {

  private static final Logger log = LoggerFactory.getLogger(DroppedSignals.class);

  private DroppedSignals() {}

  /** Sets the hooks of this process; again without effect. */
  static void watch() {
    Hooks.onNextDropped(DroppedSignals::onNext);
    Hooks.onErrorDropped(DroppedSignals::onError);
  }

  private static void onNext(Object value) {
    if (value instanceof Batch batch) {
      log.warn("a batch of {} items came after its taker had gone", batch.size());
      batch.acknowledgement().fail();
    } else {
      log.debug("a value came after its taker had gone: {}", value.getClass().getName());
    }
  }

  private static void onError(Throwable failure) {
    log.warn("an error came after its taker had gone: {}", failure.toString());
    log.debug("an error came after its taker had gone", failure);
  }
}
