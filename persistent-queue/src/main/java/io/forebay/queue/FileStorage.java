package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The production storage: {@link FileChannel}, no memory-mapped writes. */
final class FileStorage implements Storage {

  private static final Logger log = LoggerFactory.getLogger(FileStorage.class);
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /** A file system with less than this has no room, whatever it says. */
  private static final long NO_ROOM_BYTES = 64 * 1024;

  private final Path directory;
  private final DirectoryLock lock;
  private final FileStore fileSystem;

  private FileStorage(Path directory, DirectoryLock lock, FileStore fileSystem) {
    this.directory = directory;
    this.lock = lock;
    this.fileSystem = fileSystem;
  }

  /**
   * Makes the directory when it is missing, private to its owner, and locks it.
   *
   * @throws QueueLockedException when it is in use
   */
  static FileStorage open(Path directory) throws IOException {
    createPrivate(directory);
    Path real = directory.toRealPath();
    FileStore fileSystem = Files.getFileStore(real);
    return new FileStorage(real, DirectoryLock.acquire(real, attributes("rw-------")), fileSystem);
  }

  /** Makes the directory when it is missing, private to its owner. */
  static void createPrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, attributes("rwx------"));
      // A directory whose own name was lost in a crash would take everything synced in it along.
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        syncDirectory(parent);
      }
    }
  }

  /** Opens a file to write it whole, private to its owner. */
  static FileChannel createOrTruncatePrivate(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        attributes("rw-------"));
  }

  private static FileAttribute<?>[] attributes(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        try {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            entries.add(new Entry(String.valueOf(file.getFileName()), Files.size(file)));
          }
        } catch (NoSuchFileException e) {
          log.debug("{} went away while the directory was listed", file, e);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  @Override
  public boolean holdsDirectory() throws IOException {
    return lock.isInPlace();
  }

  @Override
  public void lockAgain() throws IOException {
    // What a file system that was unmounted leaves is an empty directory on another one: a queue
    // that went on there would be hidden when the right one is back.
    if (list().isEmpty() && !Files.getFileStore(directory).equals(fileSystem)) {
      throw new DiskException(
          DiskException.Kind.GONE,
          directory
              + " is an empty directory on another file system than before; mount the one that was"
              + " there, or restart the agent to begin anew on this one");
    }
    lock.acquireAgain();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Path path = path(name);
    try {
      return ChannelFile.of(this, path, FileChannel.open(path, options, attributes("rw-------")));
    } catch (IOException e) {
      throw told(e);
    }
  }

  @Override
  public StorageFile open(String name) throws IOException {
    Path path = path(name);
    return ChannelFile.of(
        this, path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public void delete(String name) throws IOException {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw told(e);
    }
  }

  @Override
  public void syncDirectory() throws IOException {
    try {
      syncDirectory(directory);
    } catch (IOException e) {
      throw told(e);
    }
  }

  /**
   * The failure, told by how the file system stands where the words of the system do not: it may
   * speak any language.
   */
  private IOException told(IOException failure) {
    boolean wordsOnly =
        failure.getClass() == IOException.class || failure.getClass() == FileSystemException.class;
    if (!wordsOnly || NoSpace.isSaidBy(failure)) {
      return failure;
    }
    try {
      FileStore now = Files.getFileStore(directory);
      if (now.isReadOnly()) {
        return DiskException.readOnly(failure);
      }
      return now.getUsableSpace() < NO_ROOM_BYTES ? DiskException.full(failure) : failure;
    } catch (IOException unknown) {
      failure.addSuppressed(unknown);
      return failure;
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes);
  }

  @Override
  public Path path(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private record ChannelFile(
      FileStorage storage, Path path, FileIdentity identity, FileChannel channel)
      implements StorageFile {

    static ChannelFile of(FileStorage storage, Path path, FileChannel channel) throws IOException {
      try {
        return new ChannelFile(storage, path, FileIdentity.of(path), channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    @Override
    public boolean isInPlace() throws IOException {
      return identity.isStillAt(path);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      long at = position;
      try {
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
      } catch (IOException e) {
        throw storage.told(e);
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int total = 0;
      while (into.hasRemaining()) {
        int n = channel.read(into, position + total);
        if (n <= 0) {
          break;
        }
        total += n;
      }
      return total;
    }

    @Override
    public void sync() throws IOException {
      try {
        channel.force(false);
      } catch (IOException e) {
        throw storage.told(e);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
