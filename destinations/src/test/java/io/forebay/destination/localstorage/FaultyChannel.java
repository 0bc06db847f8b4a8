package io.forebay.destination.localstorage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel whose writes stop in the middle, or whose syncs fail, once it is told so. */
final class FaultyChannel extends FileChannel {

  /** What goes wrong from now on. */
  enum Fault {
    NONE,
    NO_SPACE,
    SYNC_FAILS
  }

  private final FileChannel file;
  private Fault fault = Fault.NONE;

  FaultyChannel(FileChannel file) {
    this.file = file;
  }

  void fail(Fault next) {
    fault = next;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (fault != Fault.NO_SPACE) {
      return file.write(bytes);
    }
    if (bytes.remaining() < 2) {
      throw new IOException("No space left on device");
    }
    ByteBuffer half = bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2);
    int written = file.write(half);
    bytes.position(bytes.position() + written);
    return written;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (fault == Fault.SYNC_FAILS) {
      throw new IOException("Input/output error");
    }
    file.force(metaData);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    file.truncate(size);
    return this;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public int read(ByteBuffer into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer into, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
