package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads segments ahead of somebody who reads them in order, and throws away what it gets: the other
 * then finds it in the system's memory, and the disk works while it reckons. A thread of its own,
 * until all is read or it is closed; a failure only costs the speed.
 */
final class ReadAhead implements Closeable {

  /** It is never farther ahead, so that nothing is evicted before it was used. */
  static final long AHEAD_BYTES = 32L << 20;

  private static final int PIECE_BYTES = 1 << 20;

  private final Storage storage;
  private final SortedMap<Long, Long> segments;
  private final Thread thread;
  private volatile long passed;
  private volatile long wakeAt = Long.MAX_VALUE;
  private boolean closed;

  private ReadAhead(Storage storage, SortedMap<Long, Long> segments) {
    this.storage = storage;
    this.segments = new TreeMap<>(segments);
    this.thread = new Thread(this::run, "queue-read-ahead");
    this.thread.setDaemon(true);
  }

  /**
   * Begins to read, unless there is so little that it is not worth while.
   *
   * @param storage is used on the other thread
   * @param segments lengths by first number
   */
  static ReadAhead begin(Storage storage, SortedMap<Long, Long> segments) {
    ReadAhead ahead = new ReadAhead(storage, segments);
    if (segments.values().stream().mapToLong(Long::longValue).sum() > PIECE_BYTES) {
      ahead.thread.start();
    }
    return ahead;
  }

  /** The other has read so many bytes of all segments. Cheap. */
  void passed(long bytes) {
    passed = bytes;
    if (bytes >= wakeAt) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  private void run() {
    ByteBuffer scratch = storage.buffer(PIECE_BYTES);
    long before = 0;
    for (Map.Entry<Long, Long> segment : segments.entrySet()) {
      long end = before + segment.getValue();
      if (end > passed && !read(segment.getKey(), before, end, scratch)) {
        return;
      }
      before = end;
    }
  }

  /** False when there is no need to go on. */
  private boolean read(long segment, long before, long end, ByteBuffer scratch) {
    try (StorageFile file = storage.open(SegmentHeader.fileName(segment))) {
      long at = before;
      while (at < end) {
        if (!awaitTurn(at)) {
          return false;
        }
        at = Math.max(at, Math.min(passed, end)); // what was overtaken is of no use
        scratch.clear();
        int read = file.read(scratch, at - before);
        if (read == 0) {
          break;
        }
        at += read;
      }
      return true;
    } catch (IOException e) {
      return true; // the other meets it too, and tells it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean awaitTurn(long at) throws InterruptedException {
    synchronized (this) {
      if (at - passed > AHEAD_BYTES) {
        long turn = at - AHEAD_BYTES / 2; // in long runs, not piece by piece
        wakeAt = turn;
        while (!closed && passed < turn) {
          wait();
        }
        wakeAt = Long.MAX_VALUE;
      }
      return !closed;
    }
  }

  /** Ends it, after what it reads in this moment at the latest; does not wait for that. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
