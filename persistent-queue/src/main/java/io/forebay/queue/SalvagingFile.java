package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads zeros where the disk cannot read, block by block: so what lies there fails its checksum,
 * and costs no more than itself. For whoever has decided that waiting for the disk is over. Not
 * safe for concurrent use.
 */
final class SalvagingFile implements StorageFile {

  /** What a disk gives up at once; a smaller piece would only fail again. */
  private static final int BLOCK_BYTES = 4096;

  private final StorageFile file;
  private long failedFrom;
  private long failedTo;
  private @Nullable IOException failure;

  SalvagingFile(StorageFile file) {
    this.file = file;
  }

  /** Why the last block that could not be read was not, where it lies in the range; else null. */
  @Nullable IOException failure(long from, long to) {
    return failedFrom < to && from < failedTo ? failure : null;
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int begin = into.position();
    try {
      return file.read(into, position);
    } catch (IOException e) {
      into.position(begin);
      return readBlocks(into, position);
    }
  }

  private int readBlocks(ByteBuffer into, long position) throws IOException {
    int wanted = (int) Math.max(0, Math.min(into.remaining(), file.size() - position));
    int begin = into.position();
    for (int done = 0; done < wanted; ) {
      long at = position + done;
      int length = (int) Math.min(wanted - done, BLOCK_BYTES - at % BLOCK_BYTES);
      into.put(into.position(), new byte[length]);
      try {
        file.read(into.duplicate().limit(into.position() + length), at);
      } catch (IOException e) {
        failedFrom = failure == null || at > failedTo ? at : Math.min(failedFrom, at);
        failedTo = at + length;
        failure = e;
      }
      into.position(into.position() + length);
      done += length;
    }
    return into.position() - begin;
  }

  @Override
  public void write(ByteBuffer bytes, long position) throws IOException {
    file.write(bytes, position);
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
