package io.forebay.core.delivery;

import io.forebay.queue.AppendCallback;
import io.forebay.queue.AppendResult;
import io.forebay.queue.DropReason;
import io.forebay.queue.Lease;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueStatistics;
import io.forebay.queue.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A queue in memory that keeps the contract, survives being reopened and can be made to fail. */
final class FakeQueue implements QueueOpener {

  /** One record on the pretended disk. */
  private static final class Stored {
    final long sequence;
    final byte[] bytes;
    final int frame;
    boolean leased;
    boolean evicted;
    boolean gone;

    boolean onDisk() {
      return !gone && !evicted;
    }

    Stored(long sequence, byte[] bytes, int frame) {
      this.sequence = sequence;
      this.bytes = bytes;
      this.frame = frame;
    }
  }

  private record Waiting(RecordBatch batch, CompletableFuture<AppendResult> done) {}

  private final List<Stored> records = new ArrayList<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long nextSequence = 1;
  private int frames;
  private boolean open;

  /** Appends fail while set. */
  boolean diskFails;

  /** Appends stay incomplete while set. */
  boolean diskHangs;

  /** Bytes that it holds at most; smaller than a real queue may be. */
  long capacity = Long.MAX_VALUE;

  int appends;

  /** What an owner reserved; numbering goes on from there after the queue was opened again. */
  long reservedBelow;

  long truncatedBelow;

  /** Records that had to leave the disk while they were leased. */
  int evictions;

  /** Records that were reported as given up for newer ones since it was opened. */
  long overflowed;

  int opens;

  /** Records that it answers for: what is on disk, and what is leased though it no longer is. */
  synchronized int size() {
    return (int) records.stream().filter(stored -> !stored.gone).count();
  }

  /** Whether no number below it will be given to another record, whatever crashes. */
  synchronized boolean isSafeToShow(long below) {
    return below <= Math.max(reservedBelow, nextSequence);
  }

  /** What is on disk. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Stored stored : records) {
      if (stored.onDisk()) {
        lines.add(new String(stored.bytes, StandardCharsets.UTF_8));
      }
    }
    return lines;
  }

  synchronized boolean isOpen() {
    return open;
  }

  @Override
  public synchronized PersistentQueue open(QueueOptions options) throws IOException {
    if (open) {
      throw new IOException("open already");
    }
    open = true;
    overflowed = 0;
    opens++;
    nextSequence = Math.max(nextSequence, reservedBelow);
    records.removeIf(stored -> !stored.onDisk());
    records.forEach(stored -> stored.leased = false);
    return new Handle(options);
  }

  /** A process that ends without closing anything. */
  synchronized void crash() {
    open = false;
    waiting.clear();
  }

  private final class Handle implements PersistentQueue {
    private final QueueOptions options;

    Handle(QueueOptions options) {
      this.options = options;
    }

    @Override
    public CompletionStage<AppendResult> append(RecordBatch batch, long firstSequence) {
      synchronized (FakeQueue.this) {
        if (firstSequence < nextSequence) {
          return CompletableFuture.failedFuture(
              new IOException("the number " + firstSequence + " is taken"));
        }
        nextSequence = firstSequence;
        CompletionStage<AppendResult> done = append(batch);
        if (diskFails) {
          // Numbers of a failed append are nobody's.
          nextSequence += batch.count();
        }
        return done;
      }
    }

    @Override
    public void reserve(long below) throws IOException {
      synchronized (FakeQueue.this) {
        if (diskFails) {
          throw new IOException("no space left on device");
        }
        reservedBelow = Math.max(reservedBelow, below);
      }
    }

    @Override
    public void endReservation(long below) {
      synchronized (FakeQueue.this) {
        reservedBelow = Math.min(reservedBelow, below);
      }
    }

    @Override
    public long truncatedBelow() {
      synchronized (FakeQueue.this) {
        return truncatedBelow;
      }
    }

    @Override
    public void append(RecordBatch batch, AppendCallback callback) {
      throw new UnsupportedOperationException("delivery does not use it");
    }

    @Override
    public CompletionStage<AppendResult> append(RecordBatch batch) {
      synchronized (FakeQueue.this) {
        appends++;
        CompletableFuture<AppendResult> done = new CompletableFuture<>();
        if (diskFails) {
          done.completeExceptionally(new IOException("no space left on device"));
        } else if (diskHangs || (options.overflow() == Overflow.BLOCK && !fits(size(batch)))) {
          waiting.add(new Waiting(batch, done));
        } else {
          done.complete(store(batch));
        }
        return done;
      }
    }

    private AppendResult store(RecordBatch batch) {
      long size = size(batch);
      if (size > capacity) {
        return refuse(DropReason.TOO_LARGE, batch);
      }
      if (!fits(size) && options.overflow() == Overflow.DROP_NEWEST) {
        return refuse(DropReason.OVERFLOW_NEWEST, batch);
      }
      while (!fits(size)) {
        dropOldestFrame();
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuffer buffer : batch.payload()) {
        ByteBuffer copy = buffer.duplicate();
        byte[] bytes = new byte[copy.remaining()];
        copy.get(bytes);
        all.writeBytes(bytes);
      }
      byte[] payload = all.toByteArray();
      long first = nextSequence;
      int at = 0;
      frames++;
      for (int i = 0; i < batch.count(); i++) {
        byte[] record = java.util.Arrays.copyOfRange(payload, at, at + batch.lengths()[i]);
        at += batch.lengths()[i];
        records.add(new Stored(nextSequence++, record, frames));
      }
      options.listener().onReady();
      return new AppendResult.Stored(first, batch.count());
    }

    private AppendResult refuse(DropReason reason, RecordBatch batch) {
      options.listener().onDropped(reason, batch.count(), size(batch));
      return new AppendResult.Refused(reason);
    }

    private void dropOldestFrame() {
      int frame = records.stream().filter(Stored::onDisk).findFirst().orElseThrow().frame;
      List<Stored> lost = new ArrayList<>();
      for (Stored stored : records) {
        if (stored.frame == frame && stored.onDisk()) {
          evictions += stored.leased ? 1 : 0;
          stored.evicted = true;
          truncatedBelow = stored.sequence + 1;
          if (!stored.leased) {
            lost.add(stored);
          }
        }
      }
      drop(lost);
    }

    private void drop(List<Stored> lost) {
      long bytes = 0;
      for (Stored stored : lost) {
        stored.gone = true;
        bytes += stored.bytes.length;
      }
      overflowed += lost.size();
      if (!lost.isEmpty()) {
        options.listener().onDropped(DropReason.OVERFLOW_OLDEST, lost.size(), bytes);
      }
    }

    private boolean fits(long more) {
      return bytes() + more <= capacity;
    }

    @Override
    public Lease lease(int maxRecords, int maxBytes) {
      synchronized (FakeQueue.this) {
        List<Stored> taken = new ArrayList<>();
        int bytes = 0;
        for (Stored stored : records) {
          if (!stored.onDisk() || stored.leased) {
            if (taken.isEmpty()) {
              continue;
            }
            break;
          }
          if (!taken.isEmpty()
              && (taken.size() == maxRecords
                  || bytes + stored.bytes.length > maxBytes
                  || stored.frame != taken.get(0).frame)) {
            break;
          }
          taken.add(stored);
          bytes += stored.bytes.length;
        }
        if (taken.isEmpty()) {
          return null;
        }
        taken.forEach(stored -> stored.leased = true);
        return new Held(taken);
      }
    }

    @Override
    public long epoch() {
      return 1;
    }

    @Override
    public boolean hasReady() {
      synchronized (FakeQueue.this) {
        return records.stream().anyMatch(stored -> stored.onDisk() && !stored.leased);
      }
    }

    @Override
    public QueueStatistics statistics() {
      synchronized (FakeQueue.this) {
        long count = records.stream().filter(stored -> !stored.gone).count();
        long leased = records.stream().filter(stored -> !stored.gone && stored.leased).count();
        long frontier =
            records.stream()
                .filter(Stored::onDisk)
                .mapToLong(stored -> stored.sequence)
                .min()
                .orElse(nextSequence);
        return new QueueStatistics(
            count, bytes(), bytes(), capacity, 1, nextSequence, frontier, leased, 0, diskFails);
      }
    }

    @Override
    public void close() {
      synchronized (FakeQueue.this) {
        open = false;
        drop(records.stream().filter(r -> r.evicted && !r.gone).toList());
        waiting.forEach(w -> w.done().completeExceptionally(new IOException("closed")));
        waiting.clear();
      }
    }

    private void retryWaiting() {
      if (diskHangs) {
        return;
      }
      while (!waiting.isEmpty() && fits(size(waiting.peek().batch()))) {
        Waiting next = waiting.remove();
        next.done().complete(store(next.batch()));
      }
    }

    private final class Held implements Lease {
      private final List<Stored> held;
      private final byte[] bytes;
      private final int[] offsets;

      Held(List<Stored> held) {
        this.held = held;
        this.offsets = new int[held.size()];
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < held.size(); i++) {
          offsets[i] = all.size();
          all.writeBytes(held.get(i).bytes);
        }
        this.bytes = all.toByteArray();
      }

      @Override
      public long firstSequence() {
        return held.get(0).sequence;
      }

      @Override
      public int count() {
        return held.size();
      }

      @Override
      public long appendedAtMillis() {
        return 0;
      }

      @Override
      public byte[] bytes() {
        return bytes;
      }

      @Override
      public int offset(int i) {
        return offsets[i];
      }

      @Override
      public int length(int i) {
        return held.get(i).bytes.length;
      }

      @Override
      public void acknowledge() {
        acknowledge(0, held.size());
      }

      @Override
      public int acknowledge(int from, int to) {
        synchronized (FakeQueue.this) {
          if (!open) {
            return 0;
          }
          int taken = 0;
          for (Stored stored : held.subList(from, to)) {
            taken += stored.gone ? 0 : 1;
            stored.gone = true;
          }
          records.removeIf(stored -> stored.gone);
          retryWaiting();
          return taken;
        }
      }

      @Override
      public void release() {
        synchronized (FakeQueue.this) {
          if (open) {
            held.forEach(stored -> stored.leased = false);
            drop(held.stream().filter(r -> r.evicted && !r.gone).toList());
          }
        }
      }
    }
  }

  private long bytes() {
    return records.stream().filter(Stored::onDisk).mapToLong(r -> r.bytes.length).sum();
  }

  private static long size(RecordBatch batch) {
    long sum = 0;
    for (int i = 0; i < batch.count(); i++) {
      sum += batch.lengths()[i];
    }
    return sum;
  }
}
