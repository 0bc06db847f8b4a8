package io.forebay.agent.queue;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.LongConsumer;

/** Writes records to a file that is whole and on the device, or is not there. */
public final class RecordExport {

  private RecordExport() {}

  /**
   * Writes what the reader gives.
   *
   * @param file must not exist; another one beside it is renamed to it in the end
   * @return how many records were written
   */
  public static long write(RecordReader reader, Path file, LongConsumer progress)
      throws IOException, InterruptedException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new NoSuchFileException(parent.toString());
    }
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Set<StandardOpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    long records;
    try (FileChannel channel = FileChannel.open(partial, options, OwnerOnly.attributes(partial))) {
      records = reader.copyTo(Channels.newOutputStream(channel), progress);
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(partial);
      throw e;
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    return records;
  }
}
