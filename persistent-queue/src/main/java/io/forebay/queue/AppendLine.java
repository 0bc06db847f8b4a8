package io.forebay.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The appends that wait, in the order in which they came. Whoever appends pays one short lock, and
 * the writer one for all that came since it last looked. Only {@link #add} may be called off the
 * writer thread.
 */
final class AppendLine {

  /** Appends that have ended and are kept to be used again. */
  private static final int MAX_SPARE = 4096;

  private final Object lock = new Object();
  private final Deque<PendingAppend> spare = new ArrayDeque<>();
  private Deque<PendingAppend> arriving = new ArrayDeque<>();
  private boolean closed;

  /** The size of {@code arriving}; written under the lock. */
  private volatile int arrivals;

  /** The front of the line, which is the writer's own. */
  private Deque<PendingAppend> front = new ArrayDeque<>();

  /** Puts an append at the end; false when the line is closed. */
  boolean add(RecordBatch batch, long payloadBytes, long wantedSequence, AppendCallback callback) {
    synchronized (lock) {
      if (closed) {
        return false;
      }
      PendingAppend append = spare.poll();
      if (append == null) {
        append = new PendingAppend();
      }
      append.begin(batch, payloadBytes, wantedSequence, callback);
      arriving.add(append);
      arrivals = arriving.size();
      return true;
    }
  }

  @Nullable PendingAppend first() {
    PendingAppend first = front.peek();
    if (first != null) {
      return first;
    }
    if (arrivals == 0) {
      return null;
    }
    Deque<PendingAppend> empty = front;
    synchronized (lock) {
      front = arriving;
      arriving = empty;
      arrivals = 0;
    }
    return front.peek();
  }

  void removeFirst() {
    front.remove();
  }

  /** Puts appends that were removed in front of all that wait; empties the list. */
  void putBack(List<PendingAppend> appends) {
    for (int i = appends.size() - 1; i >= 0; i--) {
      front.addFirst(appends.get(i));
    }
    appends.clear();
  }

  /** Takes no lock, so that the writer may ask again and again. */
  int size() {
    return front.size() + arrivals;
  }

  /** Takes back appends that have ended. */
  void recycle(List<PendingAppend> ended) {
    for (PendingAppend append : ended) {
      append.clear();
    }
    synchronized (lock) {
      for (PendingAppend append : ended) {
        if (spare.size() == MAX_SPARE) {
          break;
        }
        spare.push(append);
      }
    }
  }

  /** Takes what still waits out of the line; nothing is accepted afterwards. */
  List<PendingAppend> close() {
    synchronized (lock) {
      closed = true;
      List<PendingAppend> left = new ArrayList<>(front);
      left.addAll(arriving);
      front.clear();
      arriving.clear();
      arrivals = 0;
      spare.clear();
      return left;
    }
  }
}
