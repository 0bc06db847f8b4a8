package io.forebay.source.http;

import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ListeningChannel;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A port with what belongs to it, from before it is bound until all of it is closed. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class HttpListener {

  // Time in which requests under way may still be acknowledged and answered.
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);
  private static final Duration LAST_ANSWERS = Duration.ofMillis(500);
  private static final Duration POLL = Duration.ofMillis(20);

  private final BatchIntake intake;
  private final RequestHandler handler;
  private final Scheduler workers;
  private final ListeningChannel port = new ListeningChannel();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Set<ConnectionGuard> guards = ConcurrentHashMap.newKeySet();

  /**
   * @param workers disposed of in the end
   */
  HttpListener(BatchIntake intake, RequestHandler handler, Scheduler workers) {
    this.intake = intake;
    this.handler = handler;
    this.workers = workers;
  }

  RequestHandler handler() {
    return handler;
  }

  /** The port is open. */
  void bound(Channel channel) {
    handler.start();
    port.bound(channel);
  }

  /** A connection is open. */
  void opened(Channel channel, ConnectionGuard guard) {
    channels.add(channel);
    guards.add(guard);
    channel.closeFuture().addListener(closed -> guards.remove(guard));
  }

  /** Whether the port is open. */
  boolean isOpen() {
    return port.isOpen();
  }

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
              port.close();
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
              guards.forEach(ConnectionGuard::close);
              // Elsewhere: it takes locks for which the workers reach as they go.
              Schedulers.boundedElastic().schedule(workers::dispose);
            });
  }

  private Mono<Void> idle() {
    return Flux.interval(Duration.ZERO, POLL).takeUntil(tick -> isIdle()).then();
  }

  private boolean isIdle() {
    return handler.isIdle() && guards.stream().noneMatch(ConnectionGuard::isLingering);
  }
}
