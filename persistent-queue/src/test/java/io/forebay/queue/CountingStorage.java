package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk that counts what is asked of the segments of a queue. */
final class CountingStorage extends ForwardingStorage {

  int writes;
  int reads;
  int syncs;

  CountingStorage(Storage disk) {
    super(disk);
  }

  @Override
  StorageFile opened(String name, StorageFile file) {
    return name.equals(StateFile.FILE_NAME) ? file : new Counted(file);
  }

  private final class Counted extends ForwardingFile {

    Counted(StorageFile file) {
      super(file);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      writes++;
      super.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      reads++;
      return super.read(into, position);
    }

    @Override
    public void sync() throws IOException {
      syncs++;
      super.sync();
    }
  }
}
