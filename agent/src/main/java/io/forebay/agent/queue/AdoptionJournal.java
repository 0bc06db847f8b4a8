package io.forebay.agent.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is being copied from one queue into another at this moment, so that a run after a kill can
 * tell what has arrived already. A file beside the records of the queue that is taken over: a line
 * that names the other queue, and a line for each piece with its first number there and here, and
 * its length.
 */
final class AdoptionJournal {

  static final String FILE_NAME = "adopting";

  /** Records {@code from} up to {@code from + count} become {@code to} and so on. */
  record Piece(long from, long to, int count) {

    boolean holds(long fromSequence) {
      return fromSequence >= from && fromSequence < from + count;
    }
  }

  /** Where the pieces go; {@code epoch} names the queue in that directory. */
  record Entry(String directory, long epoch, List<Piece> pieces) {}

  private final NoteFile file;

  AdoptionJournal(Path directory) {
    this.file = new NoteFile(directory, FILE_NAME);
  }

  /** Durable when it returns. */
  void write(Entry entry) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(Long.toHexString(entry.epoch()) + " " + entry.directory());
    for (Piece piece : entry.pieces()) {
      lines.add(piece.from() + " " + piece.to() + " " + piece.count());
    }
    file.write(lines);
  }

  /** The last entry; null when there is none. */
  @Nullable Entry read() throws IOException {
    List<String> lines = file.read();
    if (lines.isEmpty()) {
      return null;
    }
    try {
      String first = lines.get(0);
      int blank = first.indexOf(' ');
      List<Piece> pieces = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        String[] parts = line.split(" ", -1);
        pieces.add(
            new Piece(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2])));
      }
      return new Entry(
          first.substring(blank + 1),
          Long.parseUnsignedLong(first.substring(0, blank), 16),
          pieces);
    } catch (RuntimeException e) {
      throw new SentenceException(
          file.path() + " is not what an interrupted adopt leaves behind; move it away to go on",
          e);
    }
  }

  /** Removes it. */
  void delete() throws IOException {
    file.delete();
  }
}
