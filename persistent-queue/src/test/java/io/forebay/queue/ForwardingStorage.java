package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Hands everything on to another storage; a test says what is different. */
class ForwardingStorage implements Storage {

  private final Storage storage;

  ForwardingStorage(Storage storage) {
    this.storage = storage;
  }

  /** What is handed out for a file that was opened or made. */
  StorageFile opened(String name, StorageFile file) {
    return file;
  }

  @Override
  public List<Entry> list() throws IOException {
    return storage.list();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return opened(name, storage.create(name));
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return opened(name, storage.open(name));
  }

  @Override
  public void delete(String name) throws IOException {
    storage.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    storage.syncDirectory();
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return storage.buffer(bytes);
  }

  @Override
  public boolean holdsDirectory() throws IOException {
    return storage.holdsDirectory();
  }

  @Override
  public void lockAgain() throws IOException {
    storage.lockAgain();
  }

  @Override
  public void awaitWriter(long millis) throws InterruptedException {
    storage.awaitWriter(millis);
  }

  @Override
  public Path path(String name) {
    return storage.path(name);
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }

  /** Hands everything on to another file; a test says what is different. */
  static class ForwardingFile implements StorageFile {

    private final StorageFile file;

    ForwardingFile(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      file.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return file.read(into, position);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public boolean isInPlace() throws IOException {
      return file.isInPlace();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
