package io.forebay.agent.queue;

import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is being imported into a queue at this moment, so that a run after a kill can tell which
 * lines are in the queue. A file beside its records: a line that names the imported file, and one
 * with the queue's epoch, the lines of the file that are safe, and the number that the record of
 * the next line gets.
 */
final class ImportNote {

  static final String FILE_NAME = "importing";

  /** The first {@code lines} are safe; what follows has the numbers from {@code sequence} on. */
  record Entry(Path file, long epoch, long lines, long sequence) {}

  /** Gives the record of the next line of the file; null at its end. */
  @FunctionalInterface
  interface Records {
    byte @Nullable [] next() throws IOException;
  }

  private final Path queue;
  private final NoteFile note;

  ImportNote(Path queue) {
    this.queue = queue;
    this.note = new NoteFile(queue, FILE_NAME);
  }

  /** Durable when it returns. */
  void write(Entry entry) throws IOException {
    note.write(
        List.of(
            entry.file().toString(),
            Long.toHexString(entry.epoch()) + " " + entry.lines() + " " + entry.sequence()));
  }

  void delete() throws IOException {
    note.delete();
  }

  /** What a run that was killed left of this file; null when there is nothing. */
  @Nullable Entry read(Path file, PersistentQueue into) throws IOException {
    List<String> lines = note.read();
    if (lines.size() != 2
        || !lines.get(0).equals(file.toString())
        || !lines.get(1).matches("\\p{XDigit}{1,16} \\d{1,18} \\d{1,18}")) {
      return null;
    }
    String[] parts = lines.get(1).split(" ", -1);
    Entry entry =
        new Entry(
            file,
            Long.parseUnsignedLong(parts[0], 16),
            Long.parseLong(parts[1]),
            Long.parseLong(parts[2]));
    return entry.epoch() == into.epoch() ? entry : null;
  }

  /**
   * How many of the records that follow have arrived: those that the queue has under the numbers
   * that they were to get. What an agent has delivered since cannot be compared, and counts as not
   * arrived.
   */
  long arrived(Entry entry, Records records) throws IOException {
    long arrived = 0;
    ScanOptions options = new ScanOptions(entry.sequence(), true, Long.MIN_VALUE, false);
    try (QueueScan scan = new QueueScan(queue, options, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          long expected = entry.sequence() + arrived;
          long sequence = frame.firstSequence() + i;
          if (sequence < expected) {
            continue;
          }
          byte[] record = sequence == expected ? records.next() : null;
          if (record == null || !holds(frame, i, record)) {
            return arrived;
          }
          arrived++;
        }
      }
    }
    return arrived;
  }

  private static boolean holds(StoredFrame frame, int i, byte[] record) {
    int from = frame.offset(i);
    return Arrays.equals(frame.bytes(), from, from + frame.length(i), record, 0, record.length);
  }
}
