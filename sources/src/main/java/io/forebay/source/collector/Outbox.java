package io.forebay.source.collector;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Offers the pieces of one session to the pipeline, in order and without the session's lock: the
 * pipeline may run on the thread that offers. Thread safe.
 */
final class Outbox {

  private final BatchIntake intake;
  private final Session session;
  private final Queue<Piece> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger drains = new AtomicInteger();

  Outbox(BatchIntake intake, Session session) {
    this.intake = intake;
    this.session = session;
  }

  /** To be called under the session's lock, which keeps the order. */
  void add(Piece piece) {
    waiting.add(piece);
  }

  /** To be called without it. */
  void drain() {
    if (drains.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Piece piece = waiting.poll(); piece != null; piece = waiting.poll()) {
        offer(piece);
      }
      missed = drains.addAndGet(-missed);
    } while (missed != 0);
  }

  private void offer(Piece piece) {
    Acknowledgement share = Acknowledgement.awaited(isSafe -> session.ended(piece, isSafe));
    BatchIntake.Offer offer =
        intake.offer(List.of(Batch.of(piece.items(), share)), () -> session.taken(piece));
    session.offered(piece, offer);
  }
}
