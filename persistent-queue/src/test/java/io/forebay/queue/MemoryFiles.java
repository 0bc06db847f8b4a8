package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files in memory, quick to make, that count how often they are read: no reader may do so for ever.
 */
final class MemoryFiles implements Storage {

  private static final class Content {
    byte[] bytes;

    Content(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final Map<String, Content> files = new HashMap<>();
  private long readsLeft;

  /**
   * @param reads after so many, reading fails with an {@link AssertionError}
   */
  MemoryFiles(Map<String, byte[]> contents, long reads) {
    contents.forEach((name, bytes) -> files.put(name, new Content(bytes)));
    readsLeft = reads;
  }

  private void count() {
    if (--readsLeft < 0) {
      throw new AssertionError("read without end");
    }
  }

  @Override
  public List<Entry> list() {
    count();
    List<Entry> entries = new ArrayList<>();
    files.forEach((name, content) -> entries.add(new Entry(name, content.bytes.length)));
    return entries;
  }

  @Override
  public StorageFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Content content = new Content(new byte[0]);
    files.put(name, content);
    return new MemoryFile(content);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    count();
    Content content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return new MemoryFile(content);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  @Override
  public void syncDirectory() {
    // never lost
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes);
  }

  @Override
  public Path path(String name) {
    return Path.of("memory", name);
  }

  @Override
  public void close() {
    // nothing is locked
  }

  private final class MemoryFile implements StorageFile {
    private final Content content;

    MemoryFile(Content content) {
      this.content = content;
    }

    @Override
    public void write(ByteBuffer from, long position) {
      int end = (int) position + from.remaining();
      // The bytes that were given are shared between tries.
      content.bytes = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length));
      from.get(content.bytes, (int) position, from.remaining());
    }

    @Override
    public int read(ByteBuffer into, long position) {
      count();
      int n = (int) Math.max(0, Math.min(into.remaining(), content.bytes.length - position));
      if (n > 0) {
        into.put(content.bytes, (int) position, n);
      }
      return n;
    }

    @Override
    public void sync() {
      // never lost
    }

    @Override
    public long size() {
      return content.bytes.length;
    }

    @Override
    public void close() {
      // nothing is held open
    }
  }
}
