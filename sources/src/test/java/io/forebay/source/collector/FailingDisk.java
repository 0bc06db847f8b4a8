package io.forebay.source.collector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that writes nothing any more, or does not sync, when it is told so. */
final class FailingDisk implements JournalDisk {

  private final JournalDisk real;
  private final AtomicInteger syncs = new AtomicInteger();
  private volatile boolean failing;
  private volatile boolean dead;

  FailingDisk(JournalDisk real) {
    this.real = real;
  }

  /** From now on what is written is there, but the sync fails. */
  void fail(boolean now) {
    failing = now;
  }

  /** From now on nothing is written. */
  void die() {
    dead = true;
  }

  int syncs() {
    return syncs.get();
  }

  @Override
  public Path path() {
    return real.path();
  }

  @Override
  public byte[] read() throws IOException {
    return real.read();
  }

  @Override
  public Tail replace(ByteBuffer content) throws IOException {
    live();
    Tail tail = real.replace(content);
    sync();
    return new Tail() {
      @Override
      public void append(ByteBuffer bytes) throws IOException {
        live();
        tail.append(bytes);
        sync();
      }

      @Override
      public void close() throws IOException {
        tail.close();
      }
    };
  }

  private void live() throws IOException {
    if (dead) {
      throw new IOException("No such device");
    }
  }

  private void sync() throws IOException {
    syncs.incrementAndGet();
    if (failing) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  public Path keepCopy(long nowMillis) throws IOException {
    return real.keepCopy(nowMillis);
  }
}
