package io.forebay.core.delivery;

import io.forebay.core.component.Destination;
import io.forebay.core.item.Batch;
import io.forebay.queue.QueueStatistics;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The outside of a delivery: brings calls to its loop and pictures back. */
final class DestinationDelivery implements Delivery {

  private final Destination destination;
  private final DeliveryLoop loop;
  private final DeliveryParts parts;
  private final Mailbox mailbox;

  DestinationDelivery(DeliveryOptions options) {
    this.destination = options.destination();
    this.loop = new DeliveryLoop(options);
    this.parts = loop.parts();
    this.mailbox = loop.mailbox();
  }

  @Override
  public Mono<Void> prepare() {
    return Mono.defer(destination::start);
  }

  @Override
  public Mono<Void> start() {
    return Mono.create(
        sink -> {
          boolean posted =
              mailbox.post(
                  () ->
                      loop.start(
                          failure -> {
                            if (failure == null) {
                              sink.success();
                            } else {
                              sink.error(failure);
                            }
                          }));
          if (!posted) {
            sink.error(new IllegalStateException("the delivery is closed"));
          }
        });
  }

  @Override
  public Mono<Void> accept(Flux<Batch> batches) {
    return Mono.create(
        sink -> {
          Intake intake = new Intake(mailbox, parts.gauge, loop, sink);
          sink.onDispose(
              () -> {
                intake.cancel();
                mailbox.post(() -> loop.remove(intake));
              });
          if (mailbox.post(() -> loop.add(intake))) {
            batches.subscribe(intake);
          } else {
            sink.error(new IllegalStateException("the delivery is closed"));
          }
        });
  }

  @Override
  public Mono<Void> stop(Duration grace) {
    return Mono.create(
        sink -> {
          if (!mailbox.post(() -> loop.stop(grace, sink::success))) {
            sink.success();
          }
        });
  }

  @Override
  public DeliverySnapshot snapshot() {
    Ledger.Entry entry = parts.ledger.published();
    StateTracker.Status status = parts.states.status();
    QueueStatistics queue = parts.queue.statistics();
    return new DeliverySnapshot(
        status.state(),
        status.since(),
        status.why(),
        status.circuitOpen(),
        entry.receivedItems(),
        entry.receivedBytes(),
        entry.deliveredItems(),
        entry.deliveredBytes(),
        entry.deadLetteredItems(),
        entry.droppedItems(),
        entry.memoryItems(),
        entry.memoryBytes(),
        status.inFlightRequests(),
        status.heldBack(),
        queue == null ? null : withRecords(queue, entry.queuedItems()),
        parts.deadLetters.statistics(),
        parts.drainRate.at(parts.now()),
        progress(entry),
        parts.diskTrouble.text(),
        parts.deadLetterTrouble.text());
  }

  /**
   * The queue counts a record the moment it is written or acknowledged, the ledger once the loop
   * has heard of it. A picture whose numbers add up needs all from one book.
   */
  private static QueueStatistics withRecords(QueueStatistics queue, long records) {
    return new QueueStatistics(
        records,
        queue.backlogBytes(),
        queue.diskBytes(),
        queue.maxBytes(),
        queue.segments(),
        queue.nextSequence(),
        queue.frontier(),
        queue.leased(),
        queue.oldestMillis(),
        queue.diskFailing());
  }

  private static @Nullable Instant progress(Ledger.Entry entry) {
    return entry.lastProgressMillis() == 0
        ? null
        : Instant.ofEpochMilli(entry.lastProgressMillis());
  }
}
