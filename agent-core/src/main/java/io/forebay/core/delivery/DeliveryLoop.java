package io.forebay.core.delivery;

import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.delivery.Owner.Share;
import io.forebay.core.item.Batch;
import io.forebay.queue.DropReason;
import io.forebay.queue.QueueStatistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * The actor of one delivery: all state lives on its mailbox's thread, and after every burst of
 * messages {@link #pump} lets each part do what it can do now. What pump decides follows from the
 * state alone, so it may run at any time and any number of times.
 */
final class DeliveryLoop implements QueueGateway.Events {

  private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);
  private static final long DRIFT_NANOS = Duration.ofSeconds(5).toNanos();

  final Mailbox mailbox;
  final MemoryGauge gauge;
  final Ledger ledger = new Ledger();
  final SmoothedRate drainRate = new SmoothedRate();
  final StateTracker states;
  final QueueGateway queue;
  final DeadLetters deadLetters;

  private final String node;
  private final Limits limits;
  private final Scheduler scheduler;
  private final Scheduler.Worker disk;
  private final Path deadLetterDirectory;
  private final Health health;
  private final SliceBuffer direct = new SliceBuffer();
  private final RetryList retries = new RetryList();
  private final Settlement settlement;
  private final Spill spill;
  private final Backlog backlog;
  private final Sender sender;
  private final Dispatch dispatch;
  private final Shutdown shutdown;
  private final List<Intake> intakes = new ArrayList<>();
  private final List<Runnable> stopWaiters = new ArrayList<>();
  private boolean started;
  private boolean opening;
  private boolean closed;
  private boolean pressed;
  private long driftSince = Mailbox.NEVER;

  DeliveryLoop(DeliveryOptions options) {
    this.node = options.nodeName();
    this.limits = Limits.of(options);
    this.scheduler = options.scheduler();
    this.disk = options.diskScheduler().createWorker();
    this.mailbox = new Mailbox(scheduler, this::pump);
    this.gauge =
        new MemoryGauge(
            limits.memoryItems(), limits.memoryBytes(), limits.mode() == Mode.BACKPRESSURE);
    this.states = new StateTracker(node, options.listener(), options.clock());
    Backoff backoff =
        new Backoff(limits.initialBackoffNanos(), limits.maxBackoffNanos(), options.random());
    this.health = new Health(limits, backoff);
    this.queue =
        new QueueGateway(
            QueueSettings.ofQueue(options),
            options.queues(),
            disk,
            mailbox,
            options.listener(),
            this);
    this.settlement =
        new Settlement(ledger, gauge, options.listener(), options.clock(), queue::frontier);
    this.backlog =
        new Backlog(
            node,
            queue,
            limits.mode() == Mode.ALWAYS,
            limits.batchTimeoutNanos(),
            backoff,
            this::now);
    this.spill =
        new Spill(
            node,
            queue,
            settlement,
            backoff,
            this::now,
            limits.maxAppendBytes(),
            backlog::onStored);
    this.deadLetterDirectory = QueueSettings.deadLetterDirectory(options);
    this.deadLetters =
        new DeadLetters(
            node,
            new QueueGateway(
                QueueSettings.ofDeadLetters(options),
                options.queues(),
                disk,
                mailbox,
                DeliveryListener.NONE,
                new DeadLetterEvents()),
            settlement,
            backoff,
            this::now,
            options.clock());
    BatchBounds bounds = new BatchBounds(limits.batchItems(), limits.batchBytes());
    Outcomes outcomes =
        new Outcomes(
            limits,
            health,
            bounds,
            backoff,
            retries,
            spill,
            deadLetters,
            settlement,
            drainRate,
            options.listener(),
            this::now);
    this.sender =
        new Sender(options.destination(), limits.requestTimeout(), scheduler, mailbox, outcomes);
    this.dispatch =
        new Dispatch(
            limits,
            health,
            bounds,
            new DrainLimiter(limits.drainItemsPerSecond(), now()),
            sender,
            direct,
            gauge,
            spill,
            backlog,
            retries,
            deadLetters,
            ledger);
    this.shutdown =
        new Shutdown(
            node,
            limits,
            health,
            sender,
            direct,
            spill,
            retries,
            deadLetters,
            settlement,
            queue,
            options.destination(),
            scheduler,
            mailbox,
            this::whenClosed);
  }

  long now() {
    return scheduler.now(TimeUnit.NANOSECONDS);
  }

  /** On the loop. {@code done} gets null, or why the queue cannot be opened. */
  void start(Consumer<@Nullable Exception> done) {
    if (started || opening || shutdown.isAsked()) {
      done.accept(new IllegalStateException(node + " was started already"));
      return;
    }
    if (Files.isDirectory(deadLetterDirectory)) {
      deadLetters.openEarly();
    }
    if (!limits.hasQueue()) {
      started = true;
      done.accept(null);
      return;
    }
    opening = true;
    queue.open(
        failure -> {
          opening = false;
          if (failure == null) {
            started = true;
            findBacklog();
          }
          done.accept(failure);
        });
  }

  private void findBacklog() {
    QueueStatistics found = queue.statistics();
    if (found == null || found.records() == 0) {
      return;
    }
    log.info("{}: found {} items in the queue of an earlier run", node, found.records());
    ledger.foundQueued(found.records(), found.backlogBytes());
    backlog.beginRecovering();
    health.delayFirst(now());
  }

  /** On the loop. */
  void add(Intake intake) {
    intakes.add(intake);
  }

  /** On the loop. */
  void remove(Intake intake) {
    intakes.remove(intake);
  }

  /** Takes a batch over whose weight the gauge already counts. On the loop. */
  void receive(Batch batch, long weight) {
    if (batch.isEmpty()) {
      batch.acknowledgement().complete();
      return;
    }
    if (!started || shutdown.isClosing()) {
      gauge.remove(batch.size(), weight);
      batch.acknowledgement().fail();
      return;
    }
    ledger.received(batch.size(), weight);
    SliceBuffer target = spillsNew() ? spill.buffer() : direct;
    target.add(
        new Slice(
            batch.items(),
            0,
            batch.size(),
            weight,
            new Share(batch.acknowledgement(), batch.size()),
            now()));
  }

  /** On the loop; {@code done} runs when everything is closed. */
  void stop(Duration grace, Runnable done) {
    if (closed) {
      done.run();
      return;
    }
    stopWaiters.add(done);
    if (!shutdown.isAsked()) {
      intakes.forEach(Intake::cancel);
      dispatch.hurry();
      shutdown.begin(now(), grace);
    }
  }

  @Override
  public void onReady() {
    backlog.onReady();
  }

  @Override
  public void onDropped(DropReason reason, long records, long bytes) {
    if (!started) {
      // Found and lost in one: it was not among what the opened queue holds.
      ledger.foundQueued(records, bytes);
    }
    settlement.droppedByQueue(reason.name().toLowerCase(Locale.ROOT), records, bytes);
  }

  /** Whether data that comes now goes to disk. */
  private boolean spillsNew() {
    return limits.hasQueue()
        && (limits.mode() == Mode.ALWAYS
            || health.isFailing()
            || pressed
            || (limits.strict() && hasBacklog()));
  }

  private boolean hasBacklog() {
    return ledger.queuedItems() > 0 || !spill.isIdle();
  }

  private void pump() {
    long now = now();
    long wakeAt = Mailbox.NEVER;
    if (started || shutdown.isAsked()) {
      pressed = limits.mode() == Mode.BACKPRESSURE && (pressed ? !gauge.isLow() : gauge.isHigh());
      if (spillsNew() && (health.isFailing() || limits.strict())) {
        // What is younger must not overtake it, nor need it wait for the receiver.
        direct.moveAllTo(spill.buffer());
      }
      if (health.isFailing()) {
        backlog.beginRecovering();
      }
      if (!opening) {
        wakeAt = shutdown.pump(now);
      }
      if (!shutdown.isClosing()) {
        wakeAt = Math.min(wakeAt, pumpParts(now));
      }
      intakes.forEach(Intake::resume);
    }
    wakeAt = Math.min(wakeAt, updateState(now));
    ledger.publish();
    mailbox.wakeAt(wakeAt, now);
  }

  private long pumpParts(long now) {
    long wakeAt = deadLetters.pump(now);
    if (limits.hasQueue() && !waitsForOrder()) {
      wakeAt = Math.min(wakeAt, spill.pump(now));
    }
    if (!shutdown.isSaving()) {
      wakeAt = Math.min(wakeAt, dispatch.pump(now));
    }
    return Math.min(wakeAt, checkDrift(now));
  }

  /** In strict order nothing goes to disk before what is older and still in memory is decided. */
  private boolean waitsForOrder() {
    return limits.strict() && (sender.memoryInFlight() > 0 || retries.hasMemory());
  }

  private long updateState(long now) {
    if (closed || shutdown.isSaving() || shutdown.isClosing()) {
      return Mailbox.NEVER;
    }
    String why = health.why();
    if (why == null) {
      why = spill.why();
    }
    if (why == null) {
      why = backlog.why();
    }
    if (why == null) {
      why = deadLetters.why();
    }
    return states.update(
        state(), why, health.isOpen(), sender.inFlight(), ledger, drainRate.at(now), now);
  }

  private DeliveryState state() {
    if (health.isPaused()) {
      return DeliveryState.PAUSED;
    }
    if (!limits.hasQueue()) {
      return DeliveryState.DIRECT;
    }
    if (health.isFailing() || pressed) {
      return DeliveryState.SPILLING;
    }
    boolean draining = limits.mode() == Mode.ALWAYS ? backlog.isRecovering() : hasBacklog();
    return draining ? DeliveryState.DRAINING : DeliveryState.DIRECT;
  }

  /**
   * The queue may lose records whose number it cannot tell (a damaged frame). When all is quiet,
   * what it holds is the truth.
   */
  private long checkDrift(long now) {
    boolean quiet =
        ledger.queuedItems() > 0
            && backlog.hasCaughtUp()
            && !retries.hasLeased()
            && sender.inFlight() == 0
            && deadLetters.isIdle()
            && spill.isIdle()
            && !shutdown.isAsked();
    if (!quiet) {
      driftSince = Mailbox.NEVER;
      return Mailbox.NEVER;
    }
    if (driftSince == Mailbox.NEVER) {
      driftSince = now;
    }
    if (now - driftSince < DRIFT_NANOS) {
      return driftSince + DRIFT_NANOS;
    }
    driftSince = Mailbox.NEVER;
    QueueStatistics truth = queue.statistics();
    long missing = truth == null ? 0 : ledger.queuedItems() - truth.records();
    if (missing > 0) {
      log.warn("{}: the queue lost {} items without saying so; counted as dropped", node, missing);
      settlement.droppedByQueue("damaged", missing, 0);
    }
    return Mailbox.NEVER;
  }

  private void whenClosed() {
    closed = true;
    ledger.publish();
    stopWaiters.forEach(Runnable::run);
    stopWaiters.clear();
    disk.dispose();
    mailbox.close();
  }

  private static final class DeadLetterEvents implements QueueGateway.Events {
    @Override
    public void onReady() {}

    @Override
    public void onDropped(DropReason reason, long records, long bytes) {
      // Dead letters that make room for newer ones were counted when they were written.
      log.debug("{} dead letters left: {}", records, reason);
    }
  }
}
