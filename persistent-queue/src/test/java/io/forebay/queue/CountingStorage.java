package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A disk that counts what is asked of the segments of a queue. */
final class CountingStorage implements Storage {

  private final Storage disk;
  int writes;
  int reads;
  int syncs;

  CountingStorage(Storage disk) {
    this.disk = disk;
  }

  private StorageFile counted(String name, StorageFile file) {
    return name.equals(StateFile.FILE_NAME) ? file : new Counted(file);
  }

  @Override
  public List<Entry> list() throws IOException {
    return disk.list();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return counted(name, disk.create(name));
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return counted(name, disk.open(name));
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    disk.syncDirectory();
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return disk.buffer(bytes);
  }

  @Override
  public Path path(String name) {
    return disk.path(name);
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  private final class Counted implements StorageFile {
    private final StorageFile file;

    Counted(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      writes++;
      file.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      reads++;
      return file.read(into, position);
    }

    @Override
    public void sync() throws IOException {
      syncs++;
      file.sync();
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
