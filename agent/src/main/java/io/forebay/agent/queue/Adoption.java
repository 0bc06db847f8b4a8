package io.forebay.agent.queue;

import io.forebay.agent.queue.AdoptionJournal.Entry;
import io.forebay.agent.queue.AdoptionJournal.Piece;
import io.forebay.agent.queue.RecordAppender.QueueFullException;
import io.forebay.agent.terminal.Amounts;
import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueuePurge;
import io.forebay.queue.QueueRename;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a queue over into another one. Where the other does not exist yet the directory is renamed,
 * and numbers and epoch stay; else the records are appended, and leave the first queue once they
 * are durable in the second. To run it again after a kill at any point finishes it, and appends
 * nothing twice that is still in the second queue. Blocks.
 */
public final class Adoption {

  private static final Logger log = LoggerFactory.getLogger(Adoption.class);
  private static final long CHUNK_BYTES = 8 << 20;
  private static final int CHUNK_PIECES = 64;

  /** How far an adoption is; told before the step is taken. */
  public enum Step {
    RENAME,
    WRITE_JOURNAL,
    APPEND,
    ACKNOWLEDGE,
    REMOVE_JOURNAL,
    REMOVE_SOURCE
  }

  /** Watches an adoption. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param records that were taken over so far
     */
    void at(Step step, long records);
  }

  /**
   * What came of it.
   *
   * @param records that were taken over in this run
   * @param present records that an earlier run had taken over already
   * @param damaged records that could not be read
   * @param renamed whether the directory was renamed, with all that was in it
   * @param sourceRemoved whether the first queue's directory is gone
   */
  public record Outcome(
      long records, long present, long damaged, boolean renamed, boolean sourceRemoved) {}

  private final QueueLocation source;
  private final QueueLocation target;
  private final Progress progress;
  private final AdoptionJournal journal;
  private final AdoptedQueues adopted;
  private final RecordClock clock = new RecordClock();
  private long records;
  private long present;

  public Adoption(QueueLocation source, QueueLocation target, Progress progress) {
    this.source = source;
    this.target = target;
    this.progress = progress;
    this.journal = new AdoptionJournal(source.directory());
    this.adopted = new AdoptedQueues(target.directory());
  }

  /**
   * When an earlier run has taken all of it over, as the second queue tells; null when none has.
   */
  public @Nullable Instant doneAt() throws IOException {
    return QueueInspector.isQueue(source.directory()) ? null : adopted.time(source.directory());
  }

  /**
   * Takes the queue over.
   *
   * @throws NoSuchFileException when there is no such queue, and never was
   * @throws io.forebay.queue.QueueLockedException when one of the queues is in use
   * @throws IOException with a sentence for people; what was taken over until then is safe
   */
  public Outcome run() throws IOException {
    if (!QueueInspector.isQueue(source.directory())) {
      if (adopted.time(source.directory()) == null) {
        throw new NoSuchFileException(source.directory().toString());
      }
      return new Outcome(0, 0, 0, false, removeEmptyDirectory());
    }
    Entry interrupted = journal.read();
    if (interrupted == null && isVacant(target.directory()) && rename()) {
      return new Outcome(records, 0, 0, true, true);
    }
    long damaged = copy(interrupted);
    progress.at(Step.REMOVE_JOURNAL, records);
    journal.delete();
    boolean removed = false;
    if (damaged == 0 && new QueueInspector(source.directory()).summary().evidence().isEmpty()) {
      remember(adopted);
      progress.at(Step.REMOVE_SOURCE, records);
      removed = QueuePurge.remove(source.directory()).kept().isEmpty();
    }
    return new Outcome(records, present, damaged, false, removed);
  }

  private boolean removeEmptyDirectory() throws IOException {
    boolean vacant = isVacant(source.directory());
    if (vacant) {
      Files.deleteIfExists(source.directory());
    }
    return vacant;
  }

  private static boolean isVacant(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    try (var entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  private boolean rename() throws IOException {
    records = new QueueInspector(source.directory()).summary().records();
    AdoptedQueues moving = new AdoptedQueues(source.directory()); // they go with the directory
    remember(moving);
    progress.at(Step.RENAME, records);
    try {
      QueueRename.rename(source.directory(), target.directory());
    } catch (AtomicMoveNotSupportedException e) {
      records = 0;
      moving.remove(source.directory());
      return false; // another file system: copied
    }
    return true;
  }

  /** On a full disk a queue can still be renamed, and is: then only nothing tells of it later. */
  private void remember(AdoptedQueues queues) {
    try {
      queues.add(source.directory(), Instant.now());
    } catch (IOException e) {
      log.debug("cannot write down that {} was taken over", source.directory(), e);
    }
  }

  private long copy(@Nullable Entry interrupted) throws IOException {
    try (QueueStore from = QueueStore.unbounded(source);
        QueueStore to = QueueStore.bounded(target, clock)) {
      Set<Long> arrived = interrupted == null ? Set.of() : arrived(interrupted, to.queue());
      while (true) {
        List<Lease> chunk = lease(from.queue());
        if (chunk.isEmpty()) {
          return from.damagedRecords();
        }
        if (settle(chunk, arrived)) {
          from.saveAcknowledgements();
        }
        append(chunk, arrived, to.queue());
        progress.at(Step.ACKNOWLEDGE, records);
        chunk.forEach(Lease::acknowledge);
        from.saveAcknowledgements(); // or the next entry of the journal would hide this one
      }
    }
  }

  private static List<Lease> lease(PersistentQueue queue) throws IOException {
    List<Lease> chunk = new ArrayList<>();
    long bytes = 0;
    while (bytes < CHUNK_BYTES && chunk.size() < CHUNK_PIECES) {
      Lease lease = queue.lease(Integer.MAX_VALUE, 1 << 20);
      if (lease == null) {
        break;
      }
      chunk.add(lease);
      bytes += lease.bytes().length;
    }
    return chunk;
  }

  /**
   * Acknowledges what has arrived already, before the journal that tells of it is written anew;
   * false when there is nothing.
   */
  private boolean settle(List<Lease> chunk, Set<Long> arrived) {
    long before = present;
    if (!arrived.isEmpty()) {
      for (Lease lease : chunk) {
        for (int i = 0; i < lease.count(); i++) {
          if (arrived.contains(lease.firstSequence() + i)) {
            present += lease.acknowledge(i, i + 1);
          }
        }
      }
    }
    return present > before;
  }

  /** Appends what has not arrived; durable when it returns. */
  private void append(List<Lease> chunk, Set<Long> arrived, PersistentQueue to) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    List<RecordBatch> batches = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    long next = to.statistics().nextSequence();
    for (Lease lease : chunk) {
      for (int i = 0; i < lease.count(); ) {
        if (arrived.contains(lease.firstSequence() + i)) {
          i++;
          continue;
        }
        int end = i + 1;
        while (end < lease.count() && !arrived.contains(lease.firstSequence() + end)) {
          end++;
        }
        pieces.add(new Piece(lease.firstSequence() + i, next, end - i));
        batches.add(RecordAppender.batch(lease, i, end));
        times.add(lease.appendedAtMillis());
        next += end - i;
        i = end;
      }
    }
    if (batches.isEmpty()) {
      return;
    }
    progress.at(Step.WRITE_JOURNAL, records);
    journal.write(new Entry(target.directory().toString(), to.epoch(), pieces));
    for (int i = 0; i < batches.size(); i++) {
      progress.at(Step.APPEND, records);
      clock.set(times.get(i));
      append(batches.get(i), pieces.get(i), to);
      records += batches.get(i).count();
    }
  }

  private void append(RecordBatch batch, Piece piece, PersistentQueue to) throws IOException {
    try {
      long first = RecordAppender.append(to, batch);
      if (first != piece.to()) {
        throw new IOException("the records got other numbers than the journal says");
      }
    } catch (QueueFullException e) {
      throw new SentenceException(
          target.directory()
              + " is full after "
              + Amounts.count(records, "record")
              + " ("
              + e.bound()
              + "); the rest stays in "
              + source.directory()
              + ". Make room, or raise "
              + e.bound()
              + ", and run this again",
          e);
    }
  }

  /** The numbers in the first queue of records that the second has, by what both hold. */
  private Set<Long> arrived(Entry entry, PersistentQueue to) throws IOException {
    if (!entry.directory().equals(target.directory().toString()) || entry.epoch() != to.epoch()) {
      throw new SentenceException(
          source.directory()
              + " is being taken over into "
              + entry.directory()
              + " already; finish this first: forebay queue adopt "
              + source.directory()
              + " "
              + entry.directory(),
          null);
    }
    return ArrivedRecords.of(source.directory(), target.directory(), entry).numbers();
  }
}
