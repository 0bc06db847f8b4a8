package io.forebay.agent.queue;

import io.forebay.agent.queue.RecordAppender.QueueFullException;
import io.forebay.core.delivery.DeadLetterLine;
import io.forebay.core.item.ByteSlice;
import io.forebay.queue.Lease;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.time.Clock;

/**
 * Moves what is in front of a queue to the dead letters of its node, as an operator does where one
 * item keeps all others waiting. A record leaves the queue once its letter is durable; killed in
 * between, a record may be both. Blocks.
 */
public final class FrontSkip {

  /** What the letters say. */
  public static final String REASON = "skipped by an operator";

  private final QueueLocation queue;
  private final QueueLocation letters;
  private final long to;
  private final Clock clock;

  /**
   * @param to number of the last record that is moved
   */
  public FrontSkip(QueueLocation queue, QueueLocation letters, long to, Clock clock) {
    this.queue = queue;
    this.letters = letters;
    this.to = to;
    this.clock = clock;
  }

  /** How many records would be moved; changes nothing. */
  public long count() throws IOException {
    long count = 0;
    try (QueueScan scan = new QueueScan(queue.directory(), ScanOptions.UNDELIVERED, damage -> {})) {
      RecordFilter inFront = new RecordFilter(0, to, false, null, null);
      for (StoredFrame frame = scan.next();
          frame != null && frame.firstSequence() <= to;
          frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          count += inFront.accepts(frame, i) ? 1 : 0;
        }
      }
    }
    return count;
  }

  /**
   * Moves them.
   *
   * @return how many
   * @throws io.forebay.queue.QueueLockedException when one of the queues is in use
   */
  public long run() throws IOException {
    try (QueueStore from = QueueStore.unbounded(queue);
        QueueStore dead = QueueStore.bounded(letters)) {
      RecordAppender appender = new RecordAppender(dead.queue());
      long moved = 0;
      while (true) {
        Lease lease = from.queue().lease(Integer.MAX_VALUE, 1 << 20);
        if (lease == null) {
          return moved;
        }
        int count = (int) Math.max(Math.min(lease.count(), to + 1 - lease.firstSequence()), 0);
        for (int i = 0; i < count; i++) {
          ByteSlice letter =
              DeadLetterLine.of(
                  queue.node(),
                  REASON,
                  0,
                  clock.millis(),
                  ByteSlice.of(lease.bytes(), lease.offset(i), lease.length(i)));
          appender.add(letter.array(), letter.offset(), letter.length());
        }
        appender.flush();
        lease.acknowledge(0, count);
        moved += count;
        if (count < lease.count()) {
          lease.release();
          return moved;
        }
      }
    } catch (QueueFullException e) {
      throw new SentenceException(
          letters.directory()
              + " is full (dead_letters.max_byte_size); what was not moved is still in the queue. Replay or"
              + " purge dead letters, or raise it, and run this again",
          e);
    }
  }
}
