package io.forebay.agent.queue;

import io.forebay.agent.queue.ImportNote.Entry;
import io.forebay.agent.queue.RecordAppender.QueueFullException;
import io.forebay.agent.terminal.Amounts;
import io.forebay.queue.PersistentQueue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the lines of a file into a queue that nothing uses. Blocks; to be run once. */
public final class RecordImport {

  private static final Logger log = LoggerFactory.getLogger(RecordImport.class);
  private static final int MAX_LINE_BYTES = 32 << 20;

  /** {@link Outcome#left} where nobody counted. */
  public static final long UNKNOWN = -1;

  /**
   * What came of it.
   *
   * @param records that were appended, and are durable
   * @param lines from the beginning of the file that need not be imported again: those that were
   *     left out, and those of the records; fewer than were to be left out when there are no more
   * @param left lines behind them that hold something, or {@link #UNKNOWN}
   * @param trouble why it ended before the file did, as a sentence without its full stop; null when
   *     it did not
   */
  public record Outcome(long records, long lines, long left, @Nullable String trouble) {}

  private final QueueLocation target;
  private final InputStream in;
  private final @Nullable Path path;
  private final BooleanSupplier stop;
  private final LongConsumer progress;
  private long bytes;
  private long linesRead;
  private final Deque<Long> linesAdded = new ArrayDeque<>();
  private long recordsDone;
  private long linesDone;
  private long wanted;

  /**
   * @param file its lines; not closed
   * @param path where it lies, by which a run after a kill knows it again; null when it is no file
   * @param stop asked now and then; true to end early
   * @param progress told of the bytes read so far
   */
  public RecordImport(
      QueueLocation target,
      InputStream file,
      @Nullable Path path,
      BooleanSupplier stop,
      LongConsumer progress) {
    this.target = target;
    this.path = path == null ? null : path.toAbsolutePath().normalize();
    this.in = new BufferedInputStream(file, 1 << 16);
    this.stop = stop;
    this.progress = progress;
  }

  /**
   * Appends a record for each line that is not blank: as {@code queue cat} and {@code queue export}
   * print them, with or without numbers. All are durable when it returns.
   *
   * @param skip lines to leave out at the beginning, and nothing is opened when there are no more;
   *     null when nobody says: then nothing is appended when an earlier run was killed
   * @param count whether to read on to the end, to count what is left; not done when it was stopped
   * @throws io.forebay.queue.QueueLockedException when the queue is in use
   * @throws IOException when the queue cannot be opened, or the lines to leave out cannot be read
   */
  public Outcome run(@Nullable Long skip, boolean count) throws IOException {
    if (skip != null && !skip(skip)) {
      return new Outcome(0, linesRead, 0, null);
    }
    linesDone = linesRead;
    ImportNote note = new ImportNote(target.directory());
    try (QueueStore store = QueueStore.bounded(target)) {
      PersistentQueue queue = store.queue();
      Path file = path;
      Entry killed = file == null || skip != null ? null : note.read(file, queue);
      if (killed != null) {
        return killed(note, killed);
      }
      RecordAppender appender =
          RecordAppender.filling(
              queue,
              (appended, sequence) -> {
                settle(appended);
                if (file != null) {
                  note.write(new Entry(file, queue.epoch(), linesDone, sequence));
                }
              });
      String trouble = append(appender);
      long records = appender.appended();
      long left =
          trouble == null ? 0 : count && !stop.getAsBoolean() ? rest(wanted - records) : UNKNOWN;
      note.delete();
      return new Outcome(records, trouble == null ? linesRead : linesDone, left, trouble);
    }
  }

  /** False when there are not so many lines. */
  private boolean skip(long lines) throws IOException {
    while (linesRead < lines) {
      if (next() == null) {
        return false;
      }
    }
    return true;
  }

  private Outcome killed(ImportNote note, Entry killed) throws IOException {
    if (!skip(killed.lines())) {
      throw new SentenceException(
          path
              + ": an earlier import was killed after line "
              + killed.lines()
              + ", and now the file has only "
              + linesRead
              + "; say with --skip how many lines to leave out",
          null);
    }
    AtomicLong asked = new AtomicLong();
    long arrived =
        note.arrived(
            killed,
            () -> {
              asked.incrementAndGet();
              linesDone = linesRead; // what was asked for before has arrived
              return record();
            });
    linesDone = arrived == asked.get() ? linesRead : linesDone;
    return new Outcome(
        0,
        linesDone,
        UNKNOWN,
        "an earlier import of this file was killed after "
            + Amounts.count(linesDone, "line")
            + ", which are in the queue (--skip 0 begins anew)");
  }

  /** Of the next line that holds something; null at the end, or when it is wrong. */
  private byte @Nullable [] record() {
    try {
      for (byte[] line = next(); line != null; line = next()) {
        if (!isBlank(line)) {
          return RecordLine.record(line);
        }
      }
    } catch (IOException e) {
      log.debug("line {} cannot have been imported", linesRead, e);
    }
    return null;
  }

  /** Why it ended early, or null. */
  private @Nullable String append(RecordAppender to) {
    try {
      String trouble = add(to);
      to.flush();
      return trouble;
    } catch (QueueFullException e) {
      return "it is full (" + e.bound() + ")";
    } catch (IOException e) {
      return Sentences.of(e, target.directory());
    } finally {
      settle(to.appended());
    }
  }

  private @Nullable String add(RecordAppender to) throws IOException {
    while (!stop.getAsBoolean()) {
      byte[] record;
      try {
        byte[] line = next();
        if (line == null) {
          return null;
        }
        if (isBlank(line)) {
          continue;
        }
        wanted++;
        record = RecordLine.record(line);
      } catch (IOException e) {
        return "line " + Amounts.count(linesRead) + " " + e.getMessage();
      }
      linesAdded.add(linesRead);
      to.add(record, 0, record.length);
      settle(to.appended());
      progress.accept(bytes);
    }
    return "somebody stopped it";
  }

  /** Which lines are those of records that are durable by now. */
  private void settle(long appended) {
    for (; recordsDone < appended; recordsDone++) {
      linesDone = linesAdded.remove();
    }
  }

  /** Reads on to the end; with so many lines that were read already. */
  private long rest(long before) {
    long left = before;
    try {
      for (byte[] line = next(); line != null; line = next()) {
        left += isBlank(line) ? 0 : 1;
      }
      return left;
    } catch (IOException e) {
      log.debug("what is left is not counted", e);
      return UNKNOWN;
    }
  }

  /** The next line without its line feed; null at the end. */
  private byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (true) {
      int b = read();
      if (b < 0 && line.size() == 0) {
        return null;
      }
      bytes++;
      if (b < 0 || b == '\n') {
        linesRead++;
        return line.toByteArray();
      }
      if (line.size() == MAX_LINE_BYTES) {
        linesRead++;
        throw new IOException("is longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.write(b);
    }
  }

  private int read() throws IOException {
    try {
      return in.read();
    } catch (IOException e) {
      linesRead++;
      throw new IOException("cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
