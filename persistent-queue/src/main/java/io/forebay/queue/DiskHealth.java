package io.forebay.queue;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the disk does what it is asked to: writing and reading fail, and get well, each by
 * itself. The listener is told of every failure, and once when both are well again. Safe from any
 * thread.
 */
final class DiskHealth {

  private final QueueListener listener;
  private volatile boolean writesFail;
  private volatile boolean readsFail;
  private volatile int writeFailures;
  private final AtomicInteger readFailures = new AtomicInteger();

  DiskHealth(QueueListener listener) {
    this.listener = listener;
  }

  boolean isFailing() {
    return writesFail || readsFail;
  }

  boolean writesFail() {
    return writesFail;
  }

  /** How often a write, a sync or a change of the directory has failed. */
  int writeFailures() {
    return writeFailures;
  }

  /** A write, a sync or a change of the directory failed. On the writer thread only. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only one thread writes it
  void writeFailed(String operation, Exception cause) {
    writeFailures++;
    writesFail = true;
    listener.onDiskFailed(operation, DiskException.of(cause));
  }

  boolean readsFail() {
    return readsFail;
  }

  int readFailures() {
    return readFailures.get();
  }

  void readFailed(Exception cause) {
    readFailures.incrementAndGet();
    readsFail = true;
    listener.onDiskFailed("read", DiskException.of(cause));
  }

  /** Data was written and, where that is asked for, synced. On the writer thread only. */
  void wrote() {
    if (writesFail) {
      writesFail = false;
      tellIfWell();
    }
  }

  /** A frame was read, or nothing was left to read. */
  void read() {
    if (readsFail) {
      readsFail = false;
      tellIfWell();
    }
  }

  private void tellIfWell() {
    if (!isFailing()) {
      listener.onDiskWell();
    }
  }
}
