package io.forebay.agent.process;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second agent out of a data directory: two would overwrite each other's cursors. Held
 * until closed, and by the system no longer than the process lives.
 */
public final class DataDirectoryLock implements Closeable {

  private static final String NAME = "agent.lock";

  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the directory, which must exist.
   *
   * @throws IOException with a sentence that names the holder and the mend
   */
  public static DataDirectoryLock take(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    FileChannel channel = open(file);
    try {
      if (tryLock(channel) == null) {
        throw new IOException(
            "the data directory "
                + directory
                + " is in use by another agent ("
                + Files.readString(file).strip()
                + "); give this one its own with --data-dir or "
                + DataDirectory.VARIABLE);
      }
      channel.truncate(0);
      channel.write(
          StandardCharsets.US_ASCII.encode("pid " + ProcessHandle.current().pid() + "\n"), 0);
      return new DataDirectoryLock(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw new IOException(
          "the data directory cannot be used: user "
              + System.getProperty("user.name")
              + " cannot open "
              + file
              + (e.getReason() == null ? "" : " (" + e.getReason() + ")")
              + "; run the agent as its owner, or choose another directory with --data-dir or "
              + DataDirectory.VARIABLE,
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
