package io.forebay.core.delivery;

import io.forebay.queue.DiskException;
import io.forebay.queue.DropReason;
import io.forebay.queue.QueueListener;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hands what a queue tells, on its own threads, to the loop. */
final class QueueRelay implements QueueListener {

  private final Mailbox loop;
  private final DeliveryListener listener;
  private final QueueGateway.Events events;
  private final AtomicBoolean readyPosted = new AtomicBoolean();

  QueueRelay(Mailbox loop, DeliveryListener listener, QueueGateway.Events events) {
    this.loop = loop;
    this.listener = listener;
    this.events = events;
  }

  @Override
  public void onReady() {
    if (readyPosted.compareAndSet(false, true)) {
      loop.post(
          () -> {
            readyPosted.set(false);
            events.onReady();
          });
    }
  }

  @Override
  public void onDropped(DropReason reason, long records, long bytes) {
    // What the queue refuses to take is told by the append itself.
    switch (reason) {
      case OVERFLOW_OLDEST, MAX_AGE, DAMAGED ->
          loop.post(() -> events.onDropped(reason, records, bytes));
      case OVERFLOW_NEWEST, DISK_BUDGET, TOO_LARGE -> {}
    }
  }

  @Override
  public void onSynced(long nanos) {
    listener.onSynced(nanos);
  }

  @Override
  public void onDiskFailed(String operation, DiskException cause) {
    loop.post(() -> events.onDiskFailed(operation, cause));
  }

  @Override
  public void onDiskWell() {
    loop.post(events::onDiskWell);
  }
}
