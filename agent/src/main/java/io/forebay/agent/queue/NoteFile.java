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
import java.util.List;
import java.util.Set;

/**
 * A small file of lines beside the records of a queue, in which a command keeps what it has to know
 * when it is run again. Replaced as a whole, so that a kill leaves the lines of before or those of
 * after.
 */
record NoteFile(Path directory, String name) {

  /** The lines; none where there is no such file. */
  List<String> read() throws IOException {
    try {
      return Files.readAllLines(path(), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Durable when it returns. */
  void write(List<String> lines) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try (FileChannel file = FileChannel.open(fresh(), options, OwnerOnly.attributes(fresh()))) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(String.join("\n", lines) + "\n");
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(
        fresh(), path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync();
  }

  /** Removes it. */
  void delete() throws IOException {
    Files.deleteIfExists(fresh());
    if (Files.deleteIfExists(path())) {
      sync();
    }
  }

  Path path() {
    return directory.resolve(name);
  }

  private Path fresh() {
    return directory.resolve(name + ".new");
  }

  /** Makes the names in the directory survive a crash. */
  private void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
