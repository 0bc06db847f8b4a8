package io.forebay.agent.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  private final Path directory;

  AdoptionJournal(Path directory) {
    this.directory = directory;
  }

  /** Durable when it returns. */
  void write(Entry entry) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(Long.toHexString(entry.epoch())).append(' ').append(entry.directory()).append('\n');
    for (Piece piece : entry.pieces()) {
      text.append(piece.from()).append(' ').append(piece.to()).append(' ').append(piece.count());
      text.append('\n');
    }
    Path fresh = directory.resolve(FILE_NAME + ".new");
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(fresh, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(directory);
  }

  /** The last entry; null when there is none. */
  @Nullable Entry read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(path(), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
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
      throw new IOException(
          path() + " is not what an interrupted adopt leaves behind; move it away to go on", e);
    }
  }

  /** Removes it. */
  void delete() throws IOException {
    Files.deleteIfExists(directory.resolve(FILE_NAME + ".new"));
    if (Files.deleteIfExists(path())) {
      sync(directory);
    }
  }

  private Path path() {
    return directory.resolve(FILE_NAME);
  }

  /** Makes the names in a directory survive a crash. */
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
