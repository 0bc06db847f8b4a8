package io.forebay.destination.collector;

import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.item.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/** A batch on its way to the receiver. On the destination's own thread only, save its creation. */
final class Window {

  private final List<Item> items;
  private Numbering numbering;
  private final long queueEpoch;
  private final MonoSink<SendResult> sink;
  private @Nullable WindowCall call;
  private boolean ended;

  Window(List<Item> items, Numbering numbering, MonoSink<SendResult> sink) {
    this.items = items;
    this.numbering = numbering;
    this.queueEpoch = numbering.epoch();
    this.sink = sink;
  }

  List<Item> items() {
    return items;
  }

  Numbering numbering() {
    return numbering;
  }

  /** The epoch of the queue, whatever it is sent under. */
  long queueEpoch() {
    return queueEpoch;
  }

  /** Has it sent under the epoch that holds now. */
  void sendUnder(Epochs epochs) {
    long wire = epochs.wire(queueEpoch);
    if (wire != numbering.epoch()) {
      numbering = numbering.withEpoch(wire);
    }
  }

  /** Whether it stands on a batch that is not settled. */
  boolean follows() {
    return numbering.after().isPresent();
  }

  void begin(WindowCall newCall) {
    call = newCall;
  }

  boolean isEnded() {
    return ended;
  }

  /** Tells the result, once. */
  void end(SendResult result) {
    if (!ended) {
      ended = true;
      sink.success(result);
    }
  }

  /** Nobody waits for a result any more. */
  void cancel() {
    ended = true;
    WindowCall running = call;
    if (running != null) {
      running.cancel();
    }
  }
}
