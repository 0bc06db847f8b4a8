package io.forebay.agent.rehearsal;

import io.forebay.core.component.Destination;
import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.item.Batch;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A receiver that is there or not, and takes as much a second as it is said to. */
final class ScriptedReceiver implements Destination {

  /** From the last byte of a request to its answer, on a network that is neither near nor far. */
  private static final Duration LATENCY = Duration.ofMillis(20);

  private static final SendResult AWAY = new SendResult.Retry("connection refused");

  private final VirtualTime time;
  private boolean up = true;
  private double itemsPerSecond;
  private long busyUntil;

  ScriptedReceiver(VirtualTime time) {
    this.time = time;
  }

  void goDown() {
    up = false;
  }

  /** Is back, and takes so many items a second; 0 for no limit. */
  void comeBack(double newItemsPerSecond) {
    up = true;
    itemsPerSecond = newItemsPerSecond;
  }

  @Override
  public Mono<SendResult> send(Batch batch) {
    return Mono.defer(
        () -> {
          if (!up) {
            return Mono.just(AWAY);
          }
          long now = time.nanos();
          long work = itemsPerSecond == 0 ? 0 : (long) (batch.size() / itemsPerSecond * 1e9);
          busyUntil = Math.max(now, busyUntil) + work;
          return Mono.delay(LATENCY.plusNanos(busyUntil - now), time)
              .map(tick -> SendResult.Delivered.INSTANCE);
        });
  }

  /** The same for a destination whose items have numbers. */
  NumberedDestination numbered(int windows) {
    return new Numbered(windows);
  }

  private final class Numbered implements NumberedDestination {
    private final int windows;

    Numbered(int windows) {
      this.windows = windows;
    }

    @Override
    public Mono<SendResult> send(Batch batch, Numbering numbering) {
      return ScriptedReceiver.this.send(batch);
    }

    @Override
    public int windows() {
      return windows;
    }
  }
}
