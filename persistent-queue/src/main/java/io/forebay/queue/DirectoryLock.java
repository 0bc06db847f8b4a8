package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second opener out: another process by a lock on the file {@code lock}, whose text names
 * the holder, and another queue of this process by a table, because file locks belong to processes.
 */
final class DirectoryLock implements Closeable {

  static final String FILE_NAME = "lock";

  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
  private static final int MAX_TEXT_BYTES = 64;

  private final Path directory;
  private final FileAttribute<?>[] attributes;
  private volatile Held held;
  private boolean closed;

  /** The open file, and what it is. */
  private record Held(FileChannel channel, FileIdentity file) {}

  private DirectoryLock(Path directory, FileAttribute<?>[] attributes, Held held) {
    this.directory = directory;
    this.attributes = attributes;
    this.held = held;
  }

  static DirectoryLock acquire(Path directory, FileAttribute<?>... attributes) throws IOException {
    if (!HELD.add(directory)) {
      throw new QueueLockedException(directory, "another queue of this process");
    }
    try {
      return new DirectoryLock(directory, attributes, open(directory, attributes));
    } catch (IOException | RuntimeException e) {
      HELD.remove(directory);
      throw e;
    }
  }

  /**
   * Whether the lock is still that of the directory: neither was removed or replaced.
   *
   * @throws IOException where that cannot be found out
   */
  boolean isInPlace() throws IOException {
    return held.file().isStillAt(directory.resolve(FILE_NAME));
  }

  /** Locks the directory that is there now, in place of the one that was. */
  synchronized void acquireAgain() throws IOException {
    Held last = held;
    held = open(directory, attributes);
    last.channel().close();
  }

  private static Held open(Path directory, FileAttribute<?>... attributes) throws IOException {
    FileChannel channel = null;
    try {
      Set<OpenOption> options =
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = FileChannel.open(directory.resolve(FILE_NAME), options, attributes);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new QueueLockedException(directory, holder(channel));
      }
      // Padded to a fixed length, so that the file never has to be cut.
      String text = String.format("%-" + (MAX_TEXT_BYTES - 1) + "s\n", "pid " + pid());
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
      return new Held(channel, FileIdentity.of(directory.resolve(FILE_NAME)));
    } catch (IOException | RuntimeException e) {
      closeQuietly(channel, e);
      throw e;
    }
  }

  /**
   * Whether a queue of this process holds the directory. Its lock file must not be opened then: the
   * system drops a process's locks on a file as soon as the process closes that file anywhere.
   */
  static boolean isHeldHere(Path directory) throws IOException {
    return HELD.contains(directory.toRealPath());
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_TEXT_BYTES);
    channel.read(text, 0);
    String holder =
        new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII)
            .replaceAll("[^ -~]", "")
            .strip();
    return holder.startsWith("pid ") ? "process " + holder.substring(4) : "another process";
  }

  private static void closeQuietly(@Nullable FileChannel channel, Exception cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        held.channel().close();
      } finally {
        HELD.remove(directory);
      }
    }
  }
}
