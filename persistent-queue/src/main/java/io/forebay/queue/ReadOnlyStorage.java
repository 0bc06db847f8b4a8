package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a directory that may belong to a running agent: no lock is taken and nothing can be
 * written.
 */
final class ReadOnlyStorage implements Storage {

  private final Path directory;

  ReadOnlyStorage(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw Files.exists(directory)
          ? new NotDirectoryException(directory.toString())
          : new NoSuchFileException(directory.toString());
    }
    this.directory = directory.toRealPath();
  }

  @Override
  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          long size = sizeOf(file);
          if (size >= 0) {
            entries.add(new Entry(String.valueOf(file.getFileName()), size));
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  /** Length of the file; -1 when it went away meanwhile. */
  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return open(path(name));
  }

  static StorageFile open(Path file) throws IOException {
    return new ReadOnlyFile(FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public StorageFile create(String name) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public void delete(String name) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public void syncDirectory() {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes);
  }

  @Override
  public void awaitWriter(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  @Override
  public Path path(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() {
    // Holds nothing open.
  }

  private record ReadOnlyFile(FileChannel channel) implements StorageFile {

    @Override
    public void write(ByteBuffer bytes, long position) {
      throw new UnsupportedOperationException("read only");
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
    public void sync() {
      throw new UnsupportedOperationException("read only");
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
