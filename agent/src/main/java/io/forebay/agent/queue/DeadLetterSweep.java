package io.forebay.agent.queue;

import io.forebay.agent.queue.RecordAppender.QueueFullException;
import io.forebay.queue.Lease;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes dead letters out of their queue: to deliver their items again, or for good. Those that stay
 * are written anew behind the others, so that what is in front can go; all that is written is
 * durable before anything is removed. Blocks.
 */
public final class DeadLetterSweep {

  /**
   * What came of it.
   *
   * @param taken letters that left
   * @param kept letters that were looked at and stay
   */
  public record Outcome(long taken, long kept) {}

  private final QueueLocation letters;
  private final RecordFilter filter;

  public DeadLetterSweep(QueueLocation letters, RecordFilter filter) {
    this.letters = letters;
    this.filter = filter;
  }

  /** Whether what a queue has to deliver first is a dead letter; changes nothing. */
  public static boolean isOfLetters(Path queue) throws IOException {
    try (QueueScan scan = new QueueScan(queue, ScanOptions.UNDELIVERED, damage -> {})) {
      StoredFrame frame = scan.next();
      return frame != null
          && DeadLetter.read(frame.bytes(), frame.offset(0), frame.length(0)) != null;
    }
  }

  /** How many letters match; changes nothing. */
  public long count() throws IOException {
    return find().matches();
  }

  private record Found(long matches, long lastSequence) {}

  private Found find() throws IOException {
    long matches = 0;
    long last = -1;
    try (QueueScan scan =
        new QueueScan(letters.directory(), ScanOptions.UNDELIVERED, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          if (filter.accepts(frame, i)) {
            matches++;
            last = frame.firstSequence() + i;
          }
        }
      }
    }
    return new Found(matches, last);
  }

  /**
   * Takes the letters that match out.
   *
   * @param target where their items go; null to remove them
   * @param progress told of the letters taken so far
   * @throws io.forebay.queue.QueueLockedException when one of the queues is in use
   */
  public Outcome run(@Nullable QueueLocation target, LongConsumer progress) throws IOException {
    if (target == null) {
      return run((RecordAppender) null, progress);
    }
    try (QueueStore to = QueueStore.bounded(target)) {
      return run(new RecordAppender(to.queue()), progress);
    } catch (QueueFullException e) {
      throw new SentenceException(
          target.directory()
              + " is full ("
              + e.bound()
              + "); the letters that were not replayed are still there. Let the agent deliver some, or"
              + " raise "
              + e.bound()
              + ", and run this again",
          e);
    }
  }

  private Outcome run(@Nullable RecordAppender to, LongConsumer progress) throws IOException {
    long taken = 0;
    long kept = 0;
    try (QueueStore from = QueueStore.unbounded(letters)) {
      RecordAppender anew = new RecordAppender(from.queue());
      long last = find().lastSequence();
      while (true) {
        Lease lease = from.queue().lease(Integer.MAX_VALUE, 1 << 20);
        if (lease == null || lease.firstSequence() > last) {
          if (lease != null) {
            lease.release();
          }
          return new Outcome(taken, kept);
        }
        int count = (int) Math.min(lease.count(), last + 1 - lease.firstSequence());
        for (int i = 0; i < count; i++) {
          if (!matches(lease, i)) {
            anew.add(lease.bytes(), lease.offset(i), lease.length(i));
            kept++;
          } else {
            if (to != null) {
              replay(lease, i, to);
            }
            taken++;
          }
        }
        if (to != null) {
          to.flush();
        }
        anew.flush();
        lease.acknowledge(0, count);
        if (count < lease.count()) {
          lease.release();
        }
        progress.accept(taken);
      }
    }
  }

  private boolean matches(Lease lease, int i) {
    long sequence = lease.firstSequence() + i;
    return sequence >= filter.from()
        && sequence <= filter.to()
        && filter.accepts(lease.bytes(), lease.offset(i), lease.length(i));
  }

  /** The item as it was; a record that is no letter goes as it is. */
  private static void replay(Lease lease, int i, RecordAppender to) throws IOException {
    byte[] bytes = lease.bytes();
    int offset = lease.offset(i);
    DeadLetter letter = DeadLetter.read(bytes, offset, lease.length(i));
    if (letter == null) {
      to.add(bytes, offset, lease.length(i));
      return;
    }
    byte[] line = new byte[letter.itemLength() + 1];
    System.arraycopy(bytes, offset + letter.itemOffset(), line, 0, letter.itemLength());
    line[letter.itemLength()] = '\n';
    to.add(line, 0, line.length);
  }
}
