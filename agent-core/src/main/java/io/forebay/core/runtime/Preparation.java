package io.forebay.core.runtime;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a destination does once before data comes, begun anew until it succeeds. */
final class Preparation {

  private final Supplier<Mono<Void>> work;
  private final Recovery recovery;
  private volatile @Nullable Disposable running;

  Preparation(Supplier<Mono<Void>> work, Recovery recovery) {
    this.work = work;
    this.recovery = recovery;
  }

  /** Begins, and waits for nothing. */
  void begin() {
    Flux<Void> attempt = Flux.defer(work).doOnComplete(recovery::succeeded);
    running = recovery.around(attempt, () -> false).subscribe();
  }

  void cancel() {
    Disposable begun = running;
    if (begun != null) {
      begun.dispose();
    }
  }
}
