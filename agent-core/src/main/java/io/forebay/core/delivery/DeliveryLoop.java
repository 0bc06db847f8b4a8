package io.forebay.core.delivery;

import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.item.Batch;
import io.forebay.queue.DropReason;
import io.forebay.queue.QueueStatistics;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * The actor of one delivery: all state lives on its mailbox's thread, and after every burst of
 * messages {@link #pump} lets each part do what it can do now. What pump decides follows from the
 * state alone, so it may run at any time and any number of times.
 */
final class DeliveryLoop implements QueueGateway.Events, Intake.Receiver {

  private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);

  private final Mailbox mailbox;
  private final DeliveryParts parts;
  private final Limits limits;
  private final DriftCheck driftCheck;
  private final List<Intake> intakes = new ArrayList<>();
  private final List<Runnable> stopWaiters = new ArrayList<>();
  private Disposable wakeUps = Disposables.disposed();
  private boolean started;
  private boolean opening;
  private boolean closed;
  private boolean pressed;

  DeliveryLoop(DeliveryOptions options) {
    this.mailbox = new Mailbox(options.nodeName(), options.scheduler(), this::pump);
    this.parts = new DeliveryParts(options, mailbox, this, this::whenClosed);
    this.limits = parts.limits;
    this.driftCheck = new DriftCheck(parts);
  }

  Mailbox mailbox() {
    return mailbox;
  }

  DeliveryParts parts() {
    return parts;
  }

  /** The destination says that an attempt is worth making now. */
  private void wake(String why) {
    if (parts.health.isFailing()) {
      log.info("{}: {}; trying at once", parts.node, why);
      parts.health.retryNow();
    }
  }

  /** On the loop. {@code done} gets null, or why the queue cannot be opened. */
  void start(Consumer<@Nullable Exception> done) {
    if (started || opening || parts.shutdown.isAsked()) {
      done.accept(new IllegalStateException(parts.node + " was started already"));
      return;
    }
    wakeUps = parts.wakeUps.subscribe(why -> mailbox.post(() -> wake(why)));
    if (Files.isDirectory(parts.deadLetterDirectory)) {
      parts.deadLetters.openEarly();
    }
    if (!limits.hasQueue()) {
      parts.numbers.beginAnew(parts.random.nextLong());
      started = true;
      done.accept(null);
      return;
    }
    opening = true;
    parts.queue.open(
        failure -> {
          opening = false;
          if (failure == null) {
            started = true;
            continueNumbers();
            findBacklog();
            // Whoever waited for the start may look at once.
            parts.ledger.publish();
            updateState(parts.now());
          }
          done.accept(failure);
        });
  }

  private void continueNumbers() {
    QueueStatistics found = parts.queue.statistics();
    if (found != null) {
      parts.numbers.continueQueue(parts.queue.epoch(), found.nextSequence());
    }
  }

  private void findBacklog() {
    QueueStatistics found = parts.queue.statistics();
    if (found == null || found.records() == 0) {
      return;
    }
    log.info("{}: found {} items of an earlier run in the queue", parts.node, found.records());
    parts.ledger.foundQueued(found.records(), found.backlogBytes());
    parts.backlog.beginRecovering();
    parts.health.delayFirst(parts.now());
  }

  /** On the loop. */
  void add(Intake intake) {
    intakes.add(intake);
    parts.dispatch.inputEnded(false);
  }

  /** On the loop. */
  void remove(Intake intake) {
    intakes.remove(intake);
  }

  /** What is held waits no longer for more, where this was the last that could bring some. */
  @Override
  public void completed(Intake intake) {
    intakes.remove(intake);
    parts.dispatch.inputEnded(intakes.isEmpty());
    // Whoever waited for the end of the input may look at once, and must see all that came.
    parts.ledger.publish();
  }

  /** Takes a batch over whose weight the gauge already counts. */
  @Override
  public void receive(Batch batch, long weight) {
    if (batch.isEmpty()) {
      batch.acknowledgement().complete();
      return;
    }
    if (!started || parts.shutdown.isClosing()) {
      parts.gauge.remove(batch.size(), weight);
      batch.acknowledgement().fail();
      return;
    }
    parts.ledger.received(batch.size(), weight);
    moveToDisk();
    Slice slice = Slice.of(batch, weight, parts.numbers.take(batch.size()), parts.now());
    if (spillsNew()) {
      parts.fullDisk.add(slice);
    } else {
      parts.direct.add(slice);
    }
  }

  /** On the loop; {@code done} runs when everything is closed. */
  void stop(Duration grace, Runnable done) {
    if (closed) {
      done.run();
      return;
    }
    stopWaiters.add(done);
    if (!parts.shutdown.isAsked()) {
      intakes.forEach(Intake::cancel);
      parts.dispatch.hurry();
      parts.shutdown.begin(parts.now(), grace);
    }
  }

  @Override
  public void onReady() {
    parts.backlog.onReady();
  }

  @Override
  public void onDropped(DropReason reason, long records, long bytes) {
    if (!started) {
      // Found and lost in one: it was not among what the opened queue holds.
      parts.ledger.foundQueued(records, bytes);
    }
    parts.settlement.droppedByQueue(reason.name().toLowerCase(Locale.ROOT), records, bytes);
  }

  @Override
  public void onDiskFailed(String operation, Exception cause) {
    parts.diskTrouble.failed(operation, cause);
  }

  @Override
  public void onDiskWell() {
    parts.diskTrouble.well();
  }

  /** Whether data that comes now goes to disk. */
  private boolean spillsNew() {
    return limits.hasQueue()
        && (limits.mode() == Mode.ALWAYS
            || parts.health.isFailing()
            || pressed
            || (limits.strict() && hasBacklog()));
  }

  /**
   * Sends what waits in memory to disk where new data goes there: what is younger must not overtake
   * it, nor need it wait for the receiver.
   */
  private void moveToDisk() {
    if (!parts.direct.isEmpty() && spillsNew() && (parts.health.isFailing() || limits.strict())) {
      parts.direct.moveAllTo(parts.spill.buffer());
    }
  }

  private boolean hasBacklog() {
    return parts.ledger.queuedItems() > 0 || !parts.spill.isIdle();
  }

  private void pump() {
    long now = parts.now();
    long wakeAt = Mailbox.NEVER;
    if (started || parts.shutdown.isAsked()) {
      pressed =
          limits.mode() == Mode.BACKPRESSURE
              && (pressed ? !parts.gauge.isLow() : parts.gauge.isHigh());
      moveToDisk();
      if (parts.health.isFailing()) {
        parts.backlog.beginRecovering();
      }
      if (!opening) {
        wakeAt = parts.shutdown.pump(now);
      }
      if (!parts.shutdown.isClosing()) {
        wakeAt = Math.min(wakeAt, pumpParts(now));
      }
      boolean takesMore = parts.gauge.resumes() || parts.fullDisk.dropsForRoom();
      intakes.forEach(intake -> intake.resume(takesMore));
    }
    wakeAt = Math.min(wakeAt, updateState(now));
    parts.ledger.publish();
    mailbox.wakeAt(wakeAt, now);
  }

  private long pumpParts(long now) {
    long wakeAt = Math.min(parts.deadLetters.pump(now), parts.numbers.pump(now));
    if (limits.hasQueue() && !waitsForOrder()) {
      wakeAt = Math.min(wakeAt, parts.spill.pump(now));
    }
    if (!parts.shutdown.isSaving()) {
      wakeAt = Math.min(wakeAt, parts.dispatch.pump(now));
    }
    return Math.min(wakeAt, Math.min(parts.pumpTroubles(now), driftCheck.pump(now)));
  }

  /** In strict order nothing goes to disk before what is older and still in memory is decided. */
  private boolean waitsForOrder() {
    return limits.strict() && (parts.sender.memoryInFlight() > 0 || parts.retries.hasMemory());
  }

  private long updateState(long now) {
    if (closed || parts.shutdown.isSaving() || parts.shutdown.isClosing()) {
      parts.states.updateInFlight(parts.sender.inFlight());
      return Mailbox.NEVER;
    }
    return parts.states.update(
        state(),
        parts.why(),
        parts.health.isOpen(),
        parts.sender.inFlight(),
        parts.heldBack(),
        parts::whereabouts,
        parts.drainRate.at(now),
        now);
  }

  private DeliveryState state() {
    if (parts.health.isPaused()) {
      return DeliveryState.PAUSED;
    }
    if (!limits.hasQueue()) {
      return DeliveryState.DIRECT;
    }
    if (parts.health.isFailing() || pressed) {
      return DeliveryState.SPILLING;
    }
    return parts.drains() ? DeliveryState.DRAINING : DeliveryState.DIRECT;
  }

  private void whenClosed() {
    closed = true;
    parts.pumpTroubles(Mailbox.NEVER); // tells what a later line would have
    parts.disk.dispose();
    // First, so that the shares of what was posted late have ended when the stop completes.
    mailbox.close();
    wakeUps.dispose();
    parts.ledger.publish();
    stopWaiters.forEach(Runnable::run);
    stopWaiters.clear();
  }
}
