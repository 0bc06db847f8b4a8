package io.forebay.queue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The queue: puts its parts together and decides when the writer does what. */
final class SegmentQueue implements PersistentQueue, LeasedRecords.Owner {

  private static final long SAVE_DELAY_MILLIS = 20;
  private static final long TICK_MILLIS = 1000;

  private final Storage storage;
  private final WriterLoop writer;
  private final Ledger ledger;
  private final StateFile stateFile;
  private final Losses losses;
  private final QueueListener listener;
  private final long epoch;
  private final QueueParts parts;

  private final AtomicBoolean drainWaits = new AtomicBoolean();
  private final AtomicBoolean saveWaits = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes over what was opened; begins its work with {@link #begin}. */
  SegmentQueue(
      Storage storage,
      WriterLoop writer,
      Ledger ledger,
      Losses losses,
      StateFile stateFile,
      QueueListener listener,
      long epoch,
      QueueParts parts) {
    this.storage = storage;
    this.writer = writer;
    this.ledger = ledger;
    this.stateFile = stateFile;
    this.losses = losses;
    this.listener = listener;
    this.epoch = epoch;
    this.parts = parts;
  }

  /** What is shown from now on is safe; where that fails, nothing stays open but what was given. */
  SegmentQueue begin() throws IOException {
    try {
      parts.upkeep().findOldest();
      parts.checkpointer().save(true); // no number that is shown from now on comes again
    } catch (IOException | RuntimeException e) {
      parts.reader().close();
      throw e;
    }
    saveSoon();
    writer.schedule(this::tick, TICK_MILLIS);
    return this;
  }

  // ---- any thread ---------------------------------------------------------------------------

  @Override
  public CompletionStage<AppendResult> append(RecordBatch batch) {
    return submit(batch, -1);
  }

  @Override
  public CompletionStage<AppendResult> append(RecordBatch batch, long firstSequence) {
    if (firstSequence < 0) {
      throw new IllegalArgumentException("not a sequence number: " + firstSequence);
    }
    return submit(batch, firstSequence);
  }

  private CompletionStage<AppendResult> submit(RecordBatch batch, long wantedSequence) {
    CompletableFuture<AppendResult> stage = new CompletableFuture<>();
    submit(batch, wantedSequence, new StageCallback(stage));
    return stage;
  }

  @Override
  public void append(RecordBatch batch, AppendCallback callback) {
    submit(batch, -1, callback);
  }

  private void submit(RecordBatch batch, long wantedSequence, AppendCallback callback) {
    if (!parts.committer().submit(batch, batch.payloadBytes(), wantedSequence, callback)) {
      callback.onFailed(closedException());
      return;
    }
    // Read before it is written: most appends come while the writer is called already.
    if (!drainWaits.get() && drainWaits.compareAndSet(false, true)) {
      writer.execute(this::drain);
    }
  }

  @Override
  public @Nullable Lease lease(int maxRecords, int maxBytes) throws IOException {
    if (maxRecords < 1) {
      throw new IllegalArgumentException("maxRecords must be at least 1: " + maxRecords);
    }
    if (closed.get()) {
      throw closedException();
    }
    Lease lease;
    try {
      lease = parts.reader().lease(this, maxRecords, maxBytes);
      parts.health().read();
    } catch (IOException e) {
      parts.health().readFailed(e);
      throw e;
    }
    if (ledger.hasChanged()) {
      saveSoon(); // records may have been dropped on the way
    }
    return lease;
  }

  @Override
  public int acknowledge(LeasedRecords lease, long from, long to) {
    int taken = closed.get() ? 0 : ledger.acknowledge(lease, from, to);
    if (taken > 0) {
      saveSoon();
    }
    return taken;
  }

  @Override
  public void release(LeasedRecords lease) {
    if (closed.get()) {
      return;
    }
    if (ledger.release(lease)) {
      listener.onReady();
    } else {
      losses.dropped(DropReason.OVERFLOW_OLDEST, ledger.giveUp(lease));
    }
  }

  @Override
  public void reserve(long below) throws IOException {
    if (closed.get()) {
      throw closedException();
    }
    runOnWriter(() -> reserveOnWriter(below));
  }

  private void runOnWriter(Supplier<@Nullable IOException> task) throws IOException {
    AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    writer.runAndWait(() -> failure.set(task.get()));
    IOException cause = failure.get();
    if (cause != null) {
      throw cause;
    }
  }

  @Override
  public void endReservation(long below) {
    ledger.reservation.endForOwner(below);
  }

  @Override
  public long truncatedBelow() {
    return ledger.truncatedBelow();
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public boolean hasReady() {
    return !closed.get() && ledger.hasReady();
  }

  @Override
  public QueueStatistics statistics() {
    return ledger.statistics(parts.health().isFailing());
  }

  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      runOnWriter(this::closeOnWriter);
    } finally {
      writer.shutdown();
    }
  }

  private static IOException closedException() {
    return new IOException("the queue is closed");
  }

  private void saveSoon() {
    if (!closed.get() && saveWaits.compareAndSet(false, true)) {
      writer.schedule(this::save, SAVE_DELAY_MILLIS);
    }
  }

  // ---- writer thread ------------------------------------------------------------------------

  private void drain() {
    parts.committer().drain();
    drainWaits.set(false);
    if (parts.committer().waits() && drainWaits.compareAndSet(false, true)) {
      writer.execute(this::drain);
    }
    parts.intervalSync().afterWrite();
  }

  private @Nullable IOException reserveOnWriter(long below) {
    if (closed.get()) {
      return closedException();
    }
    ledger.reservation.reserveForOwner(below);
    try {
      parts.guard().ensure();
      parts.checkpointer().save(true);
      return null;
    } catch (IOException e) {
      parts.health().writeFailed("write the state", e);
      return e;
    }
  }

  private void save() {
    saveWaits.set(false);
    if (closed.get()) {
      return;
    }
    losses.keepEvidence();
    try {
      if (parts.checkpointer().giveBack()) {
        listener.onReady();
      } else if (ledger.hasChanged()) {
        parts.checkpointer().save(false);
      }
    } catch (IOException e) {
      parts.health().writeFailed("write the state", e); // the next tick tries again
    }
    if (parts.committer().blocked()) {
      drain();
    }
  }

  private void tick() {
    if (closed.get()) {
      return;
    }
    parts.upkeep().tick(this::save);
    writer.schedule(this::tick, TICK_MILLIS);
  }

  private @Nullable IOException closeOnWriter() {
    parts.committer().close();
    losses.dropped(DropReason.OVERFLOW_OLDEST, ledger.giveUpEvicted());
    IOException failure = null;
    try {
      parts.segments().sync();
    } catch (IOException e) {
      failure = e;
    }
    parts.segments().end();
    try {
      parts.guard().ensure();
      ledger.reservation.reserve(ledger.next());
      parts.checkpointer().save(true);
      parts.checkpointer().giveBack();
      storage.syncDirectory();
    } catch (IOException e) {
      failure = first(failure, e);
    }
    for (var part : new java.io.Closeable[] {parts.reader(), stateFile, storage}) {
      try {
        part.close();
      } catch (IOException e) {
        failure = first(failure, e);
      }
    }
    return failure;
  }

  static IOException first(@Nullable IOException before, IOException after) {
    if (before == null) {
      return after;
    }
    before.addSuppressed(after);
    return before;
  }
}
