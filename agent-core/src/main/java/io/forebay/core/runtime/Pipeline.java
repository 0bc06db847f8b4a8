package io.forebay.core.runtime;

import io.forebay.core.disk.DiskInventory;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.runtime.PipelineStatus.State;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A running pipeline. Starts destinations first and sources last, stops sources first. Safe from
 * any thread; its life is led on one thread of its own.
 */
public final class Pipeline {

  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  private static final Duration COMPLETION_POLL = Duration.ofMillis(50);

  /** Deliveries keep to their grace by themselves; this is for one that does not. */
  private static final Duration OVERTIME = Duration.ofSeconds(5);

  private final Assembly assembly;
  private final Scheduler timer;
  private final Duration grace;
  private final Clock clock;
  private final HealthCheck health;
  private final PipelineWatch watch;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private final Sinks.Empty<Void> completed = Sinks.empty();
  private final Disposable.Composite watches = Disposables.composite();
  private final Mono<Void> starting;
  private final Mono<Void> stopping;
  private volatile @Nullable Instant startedAt;

  Pipeline(Assembly assembly, Duration grace, Duration stalledAfter, Clock clock) {
    this.assembly = assembly;
    this.timer = assembly.timer();
    this.grace = grace;
    this.clock = clock;
    this.health = new HealthCheck(assembly, stalledAfter, clock, System::nanoTime);
    this.watch = new PipelineWatch(assembly, health, () -> currentState() == State.RUNNING);
    this.starting = Mono.defer(this::startOnce).cache();
    this.stopping = Mono.defer(this::stopOnce).cache();
    assembly.nodes().forEach(node -> node.judgedBy(() -> health.isWell(node)));
    assembly.telemetry().ready(() -> health().ready());
    assembly.telemetry().disk(assembly.inventory()::status);
  }

  /**
   * Puts a pipeline together; nothing is opened or started.
   *
   * @param dataDirectory for cursors and dead letters; may not exist yet
   * @param registry where the pipeline's meters are bound until it has stopped
   */
  public static Pipeline create(PipelineGraph graph, Path dataDirectory, MeterRegistry registry) {
    return create(
        graph, dataDirectory, registry, DiskInventory.of(graph, dataDirectory, Clock.systemUTC()));
  }

  /**
   * As {@link #create(PipelineGraph, Path, MeterRegistry)}, for a part of an agent.
   *
   * @param inventory of the whole agent
   */
  public static Pipeline create(
      PipelineGraph graph, Path dataDirectory, MeterRegistry registry, DiskInventory inventory) {
    return create(graph, PipelineOptions.of(dataDirectory, registry, inventory));
  }

  static Pipeline create(PipelineGraph graph, PipelineOptions options) {
    return new Pipeline(
        GraphAssembler.assemble(graph, options),
        graph.settings().shutdownGrace(),
        options.stalledAfter(),
        options.clock());
  }

  /**
   * Opens all destinations, then lets the sources in. Begins on the first subscription; later ones
   * see the same outcome. Fails with {@link PipelineStartException} when a destination cannot be
   * opened; what was opened is closed again. A source that cannot start does not fail it: it is
   * tried again and shown as unhealthy. Cancelling has no effect on the start.
   */
  public Mono<Void> start() {
    return starting;
  }

  /**
   * Orderly stop within the grace of the settings: sources are cancelled, processors run dry,
   * destinations send or save what they hold. Begins on the first subscription; later ones see the
   * same outcome. Never fails: what goes wrong is logged, and shares that could not end well fail.
   */
  public Mono<Void> stop() {
    return stopping;
  }

  /**
   * Completes when all sources have said that there will be no more and everything was delivered,
   * dead-lettered or dropped. Does not complete for a pipeline with a source that never ends, nor
   * when {@link #stop} comes first. The pipeline still has to be stopped. From here on status and
   * meters tell all that came and what became of it; after {@link #stop}, the status does.
   */
  public Mono<Void> completion() {
    return completed.asMono();
  }

  /** A picture of all nodes and links, taken now; cheap. */
  public PipelineStatus status() {
    return StatusReader.read(assembly, currentState(), startedAt);
  }

  /** What is wrong; cheap. */
  public HealthReport health() {
    return health.report(currentState());
  }

  private State currentState() {
    return state.get();
  }

  private Mono<Void> startOnce() {
    if (!state.compareAndSet(State.NEW, State.STARTING)) {
      return Mono.error(new IllegalStateException("the pipeline was stopped before it started"));
    }
    DroppedSignals.watch();
    return Mono.fromRunnable(assembly.inventory()::begin)
        .subscribeOn(Schedulers.boundedElastic())
        .thenMany(Flux.fromIterable(assembly.destinations()))
        .flatMap(DestinationNode::open)
        .then(
            Mono.fromRunnable(assembly.inventory()::opened)
                .subscribeOn(Schedulers.boundedElastic()))
        .publishOn(timer)
        .then(Mono.fromRunnable(this::letIn))
        .onErrorResume(this::giveUp)
        .then()
        .subscribeOn(timer);
  }

  private void letIn() {
    if (!state.compareAndSet(State.STARTING, State.RUNNING)) {
      throw new IllegalStateException("the pipeline was stopped while it started");
    }
    startedAt = clock.instant();
    watches.add(watch.begin(timer));
    assembly.destinations().forEach(DestinationNode::start);
    assembly.processors().forEach(ProcessorNode::start);
    assembly.sources().forEach(SourceNode::start);
    watches.add(allAccepted().then(Mono.defer(this::allDelivered)).subscribe());
  }

  private Mono<Void> giveUp(Throwable failure) {
    if (state.compareAndSet(State.STARTING, State.FAILED)) {
      return closeDestinations(Duration.ZERO)
          .then(Mono.fromRunnable(this::release))
          .then(Mono.error(failure));
    }
    return Mono.error(failure);
  }

  private Mono<Void> allAccepted() {
    return Mono.when(assembly.destinations().stream().map(DestinationNode::accepted).toList());
  }

  private Mono<Void> allDelivered() {
    if (!assembly.sources().stream().allMatch(SourceNode::isExhausted)) {
      return Mono.empty();
    }
    return Flux.interval(Duration.ZERO, COMPLETION_POLL, timer)
        .filter(tick -> nothingBuffered())
        .next()
        .doOnNext(tick -> complete())
        .then();
  }

  /** Whoever waited may ask for the books at once, and they must be closed. */
  private void complete() {
    assembly.telemetry().refresh();
    completed.tryEmitEmpty();
  }

  private boolean nothingBuffered() {
    return assembly.destinations().stream()
        .allMatch(destination -> destination.delivery().snapshot().bufferedItems() == 0);
  }

  private Mono<Void> stopOnce() {
    State before = state.getAndUpdate(now -> now == State.FAILED ? now : State.STOPPING);
    if (before == State.FAILED) {
      return Mono.empty();
    }
    if (before == State.NEW) {
      state.set(State.STOPPED);
      release();
      return Mono.empty();
    }
    return Mono.defer(() -> stopWithin(grace, before == State.RUNNING)).subscribeOn(timer);
  }

  private Mono<Void> stopWithin(Duration time, boolean wasRunning) {
    long deadline = System.nanoTime() + time.toNanos();
    assembly.sources().forEach(SourceNode::cancel);
    // Half of the grace for what is on its way, so that enough is left to send and save it.
    Mono<Void> dry =
        wasRunning ? allAccepted().timeout(time.dividedBy(2), Mono.empty(), timer) : Mono.empty();
    return dry.publishOn(timer)
        .onErrorResume(failure -> Mono.empty())
        .then(Mono.fromRunnable(this::abandonTheRest))
        .then(Mono.defer(() -> closeDestinations(until(deadline))))
        .then(Mono.defer(this::closeSources))
        .then(Mono.fromRunnable(this::stopped));
  }

  private static Duration until(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private void abandonTheRest() {
    assembly.processors().forEach(ProcessorNode::abandon);
    assembly.destinations().forEach(DestinationNode::abandon);
  }

  /** Last of all, once every share has ended: a cursor must not miss the last acknowledgement. */
  private Mono<Void> closeSources() {
    return Flux.fromIterable(assembly.sources())
        .flatMap(
            source ->
                source
                    .close()
                    .timeout(OVERTIME, timer)
                    .onErrorResume(
                        failure -> {
                          log.error("a source did not stop well: {}", failure.toString());
                          return Mono.empty();
                        }))
        .then();
  }

  private Mono<Void> closeDestinations(Duration within) {
    return Flux.fromIterable(assembly.destinations())
        .flatMap(destination -> close(destination, within))
        .then();
  }

  private Mono<Void> close(DestinationNode destination, Duration within) {
    return destination
        .stop(within)
        .timeout(within.plus(OVERTIME), timer)
        .onErrorResume(
            failure -> {
              log.error(
                  "node {} did not stop well: {}", destination.node().name(), failure.toString());
              return Mono.empty();
            });
  }

  private void stopped() {
    watch.end();
    state.set(State.STOPPED);
    release();
  }

  private void release() {
    watches.dispose();
    assembly.telemetry().close();
    LastTask.thenEnd(timer);
  }
}
