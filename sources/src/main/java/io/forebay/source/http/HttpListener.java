package io.forebay.source.http;

import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import io.netty.channel.group.ChannelGroup;
import java.time.Duration;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.DisposableServer;

/** A bound port with what belongs to it. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
record HttpListener(
    BatchIntake intake,
    DisposableServer server,
    RequestHandler handler,
    ChannelGroup channels,
    Set<ConnectionGuard> guards,
    Scheduler workers) {

  // Time in which requests under way may still be acknowledged and answered.
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);
  private static final Duration LAST_ANSWERS = Duration.ofMillis(500);
  private static final Duration POLL = Duration.ofMillis(20);

  Flux<Batch> batches() {
    return intake.batches();
  }

  /**
   * Closes the port and idle connections at once, and answers 503 to what is new or not taken yet.
   * Completes when the requests under way are answered and all is closed, shortly after the grace
   * period at the latest.
   */
  Mono<Void> stop() {
    return Mono.fromRunnable(
            () -> {
              handler.stop();
              server.dispose();
              intake.close();
              guards.forEach(ConnectionGuard::stop);
            })
        .then(idle().timeout(STOP_GRACE, Mono.empty()))
        .then(close());
  }

  /**
   * Answers 503 to who still waits for an acknowledgement, then closes everything. Idempotent;
   * after {@link #stop} began.
   */
  Mono<Void> close() {
    return Mono.fromRunnable(handler::expire)
        .then(idle().timeout(LAST_ANSWERS, Mono.empty()))
        .doFinally(
            signal -> {
              channels.close();
              workers.dispose();
            });
  }

  private Mono<Void> idle() {
    return Flux.interval(Duration.ZERO, POLL).takeUntil(tick -> handler.isIdle()).then();
  }
}
