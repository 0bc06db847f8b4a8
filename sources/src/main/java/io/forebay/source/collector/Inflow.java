package io.forebay.source.collector;

import io.forebay.source.net.ByteBudget;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Asks for the messages of one call: a few ahead, while the budget has room. For the call's event
 * loop.
 */
final class Inflow {

  // Ahead of what was read, so that the wire is not idle between two messages.
  private static final int PREFETCH_BYTES = 256 << 10;
  private static final int MAX_PREFETCH = 16;

  private final IntConsumer call;
  private final ByteBudget budget;
  private final Runnable whenRoom;
  private final AtomicBoolean awaitingRoom = new AtomicBoolean();
  private int requested;
  private int lastBytes = PREFETCH_BYTES;
  private long progressNanos = System.nanoTime();

  /**
   * @param call where messages are requested
   * @param whenRoom schedules another {@link #request} on the event loop; run on any thread
   */
  Inflow(IntConsumer call, ByteBudget budget, Runnable whenRoom) {
    this.call = call;
    this.budget = budget;
    this.whenRoom = whenRoom;
  }

  /** A message of so many bytes has arrived. */
  void arrived(int bytes) {
    requested--;
    lastBytes = Math.max(1, bytes);
    progressNanos = System.nanoTime();
  }

  /** Time for which nothing has arrived that was asked for. */
  long idleNanos() {
    return requested == 0 ? 0 : System.nanoTime() - progressNanos;
  }

  /** Asks for more, now or as soon as there is room. */
  void request() {
    if (!budget.hasRoom()) {
      if (awaitingRoom.compareAndSet(false, true)) {
        budget.whenRoom(this::roomCame);
      }
      return;
    }
    int wanted = Math.max(1, Math.min(MAX_PREFETCH, PREFETCH_BYTES / lastBytes));
    int more = wanted - requested;
    if (more > 0) {
      if (requested == 0) {
        progressNanos = System.nanoTime();
      }
      requested = wanted;
      call.accept(more);
    }
  }

  private void roomCame() {
    awaitingRoom.set(false);
    whenRoom.run();
  }
}
