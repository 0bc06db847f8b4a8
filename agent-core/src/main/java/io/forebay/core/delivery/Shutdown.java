package io.forebay.core.delivery;

import io.forebay.core.component.Destination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Ends a delivery in order: what is in memory is sent while the receiver is well and the grace
 * period lasts; then it goes to disk, or back to its sources where there is no disk; then queue,
 * dead letters and destination are closed. On the loop only.
 */
final class Shutdown {

  private enum Step {
    NOT_ASKED,
    SENDING,
    SAVING,
    CLOSING,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  /** What the disk may take beyond the grace period, for memory that is left. */
  private static final long SAVING_NANOS = Duration.ofSeconds(2).toNanos();

  /** What a destination may take to close, and the queue to sync, each. */
  private static final Duration CLOSING = Duration.ofSeconds(3);

  private final String node;
  private final Limits limits;
  private final Health health;
  private final Sender sender;
  private final SliceBuffer direct;
  private final Spill spill;
  private final RetryList retries;
  private final DeadLetters deadLetters;
  private final Settlement settlement;
  private final QueueGateway queue;
  private final Numbers numbers;
  private final Destination destination;
  private final Scheduler scheduler;
  private final Mailbox loop;
  private final Runnable whenClosed;
  private Step step = Step.NOT_ASKED;
  private long deadline;

  Shutdown(
      String node,
      Limits limits,
      Health health,
      Sender sender,
      SliceBuffer direct,
      Spill spill,
      RetryList retries,
      DeadLetters deadLetters,
      Settlement settlement,
      QueueGateway queue,
      Numbers numbers,
      Destination destination,
      Scheduler scheduler,
      Mailbox loop,
      Runnable whenClosed) {
    this.node = node;
    this.limits = limits;
    this.health = health;
    this.sender = sender;
    this.direct = direct;
    this.spill = spill;
    this.retries = retries;
    this.deadLetters = deadLetters;
    this.settlement = settlement;
    this.queue = queue;
    this.numbers = numbers;
    this.destination = destination;
    this.scheduler = scheduler;
    this.loop = loop;
    this.whenClosed = whenClosed;
  }

  void begin(long now, Duration grace) {
    if (step == Step.NOT_ASKED) {
      step = Step.SENDING;
      deadline = now + grace.toNanos();
    }
  }

  boolean isAsked() {
    return step != Step.NOT_ASKED;
  }

  /** Whether nothing is sent any more, and what is left goes to disk. */
  boolean isSaving() {
    return step == Step.SAVING;
  }

  /** Whether nothing is sent or stored any more. */
  boolean isClosing() {
    return step == Step.CLOSING || step == Step.CLOSED;
  }

  /**
   * Goes on to the next step where the last is done. To be called before the others have their
   * turn, so that they are given nothing to do that can wait for the next run.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (step == Step.SENDING) {
      // It stays in the queue, as if it had never been read.
      retries.takeLeased(parcel -> {});
      if (health.isFailing() && !limits.hasQueue()) {
        giveBackMemory();
      }
      if (isDone() && sender.inFlight() == 0 && deadLetters.isIdle()) {
        close();
      } else if (now >= deadline) {
        stopSending();
        step = Step.SAVING;
        deadline = now + SAVING_NANOS;
        spill.hurry();
      } else {
        return deadline;
      }
    }
    if (step == Step.SAVING) {
      if (isDone()) {
        close();
      } else if (now >= deadline) {
        giveBackMemory();
        close();
      } else {
        return deadline;
      }
    }
    return Mailbox.NEVER;
  }

  private boolean isDone() {
    return direct.isEmpty() && spill.isIdle() && retries.isEmpty();
  }

  private void stopSending() {
    List<Parcel> left = new ArrayList<>(sender.cancelAll());
    left.addAll(deadLetters.giveUp());
    left.removeIf(Parcel::isLeased);
    retries.takeLeased(parcel -> {});
    retries.takeMemory(left::add);
    if (!limits.hasQueue()) {
      left.forEach(settlement::givenBack);
      giveBackMemory();
      return;
    }
    for (int i = left.size() - 1; i >= 0; i--) {
      spill.putBack(left.get(i));
    }
    direct.moveAllTo(spill.buffer());
  }

  private void giveBackMemory() {
    retries.takeMemory(settlement::givenBack);
    Parcel rest = direct.take(Integer.MAX_VALUE, Long.MAX_VALUE);
    if (rest != null) {
      settlement.givenBack(rest);
    }
    spill.giveBack();
  }

  /** The queue first: it is what must not be lost when the process is killed for being slow. */
  private void close() {
    step = Step.CLOSING;
    scheduleGivingUp();
    queue.close(
        numbers.unused(),
        failure -> {
          if (failure != null) {
            log.warn("{}: the queue was not closed well: {}", node, failure.toString());
          }
          deadLetters.close(this::closeDestination);
        });
  }

  private void scheduleGivingUp() {
    Mono.delay(CLOSING.multipliedBy(2), scheduler)
        .subscribe(
            tick ->
                loop.post(
                    () -> {
                      if (step == Step.CLOSING) {
                        log.warn("{}: closing takes too long; it is left to itself", node);
                        closed();
                      }
                    }));
  }

  private void closeDestination() {
    destination
        .close()
        .timeout(CLOSING, scheduler)
        .subscribe(
            nothing -> {},
            error -> {
              log.warn("{}: the destination was not closed well: {}", node, error.toString());
              loop.post(this::closed);
            },
            () -> loop.post(this::closed));
  }

  private void closed() {
    if (step == Step.CLOSING) {
      step = Step.CLOSED;
      whenClosed.run();
    }
  }
}
