package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A queue at work on a recording disk, and what is known of its records beside every operation.
 * Everything that is read is checked on the way.
 */
final class CrashRun {

  /** What was done to the disk, from where on, and what must hold after each part of it. */
  interface Recorded {
    DiskImage base();

    List<DiskOperation> log();

    CrashKnowledge at(int operations);
  }

  private final CrashSetup setup;
  private final CrashKnowledge before;
  private final DiskImage base;
  private final RecordingDisk disk;
  private final TestClock clock;
  private final CrashLedger ledger;
  private final RecordContents contents;
  private final Set<Integer> loose = new HashSet<>();
  private final List<Lease> held = new ArrayList<>();

  private ManualLoop loop;
  private @Nullable SegmentQueue queue;
  private long damaged;
  private boolean faulty;
  private boolean wasFaulty;
  private int settledInState;
  private long truncatedInState;
  private long lastStored;

  CrashRun(
      CrashSetup setup,
      DiskImage base,
      CrashKnowledge before,
      boolean recording,
      RecordingDisk.Flaw flaw) {
    this.setup = setup;
    this.base = base;
    this.before = before;
    this.disk = new RecordingDisk(base, recording, flaw);
    this.clock = new TestClock(before.millis());
    this.ledger = new CrashLedger(setup, before);
    this.contents = before.contents().next();
    this.loop = new ManualLoop(clock);
    this.truncatedInState = before.truncatedBelow();
    if (recording) {
      disk.watch(
          new RecordingDisk.Watcher() {
            @Override
            public void before(DiskOperation operation) {
              beforeOperation(operation);
            }

            @Override
            public void after(DiskOperation operation) {
              afterOperation(operation);
            }
          });
    }
  }

  Recorded recorded() {
    return new Recorded() {
      @Override
      public DiskImage base() {
        return base;
      }

      @Override
      public List<DiskOperation> log() {
        return disk.log();
      }

      @Override
      public CrashKnowledge at(int operations) {
        return ledger.at(operations, loose.size(), contents);
      }
    };
  }

  RecordingDisk disk() {
    return disk;
  }

  CrashLedger ledger() {
    return ledger;
  }

  private void beforeOperation(DiskOperation operation) {
    SegmentQueue open = queue;
    if (open != null) {
      ledger.truncated(open.truncatedBelow(), disk.time());
    }
    if (operation instanceof DiskOperation.Write write
        && write.name().equals(StateFile.FILE_NAME)) {
      settledInState = ledger.settledCount();
      truncatedInState = open == null ? truncatedInState : open.truncatedBelow();
    }
  }

  private void afterOperation(DiskOperation operation) {
    ledger.operation(clock.millis());
    if (operation instanceof DiskOperation.Sync sync && sync.name().equals(StateFile.FILE_NAME)) {
      ledger.stateSynced(settledInState, truncatedInState, disk.time());
    }
  }

  SegmentQueue queue() {
    SegmentQueue open = queue;
    if (open == null) {
      throw new IllegalStateException("no queue is open");
    }
    return open;
  }

  // ---- opening ------------------------------------------------------------------------------

  /** Opens the queue and checks all that must hold of it; leaves everything leased. */
  void open() throws IOException {
    open(before);
  }

  private void open(CrashKnowledge known) throws IOException {
    require(disk.totalBytes() <= setup.maxBytes(), "too many bytes", disk.totalBytes());
    damaged = 0;
    loop = new ManualLoop(clock);
    SegmentQueue opened =
        Recovery.open(
            setup.options(
                clock,
                new QueueListener() {
                  @Override
                  public void onDropped(DropReason reason, long records, long bytes) {
                    damaged += reason == DropReason.DAMAGED ? records : 0;
                  }
                }),
            disk,
            loop);
    queue = opened;
    QueueStatistics statistics = opened.statistics();
    require(
        statistics.nextSequence() >= known.nextAtLeast(),
        "numbers come again from " + statistics.nextSequence() + ", though told below",
        known.nextAtLeast());
    require(
        opened.truncatedBelow() >= known.truncatedBelow(),
        "a truncation was forgotten",
        known.truncatedBelow());
    require(statistics.diskBytes() >= disk.totalBytes(), "uncounted bytes", disk.totalBytes());
    readAll(known);
    require(
        !setup.always() || damaged <= known.damageAllowed(), "records told as damaged", damaged);
    bytesInBounds();
  }

  private void readAll(CrashKnowledge known) throws IOException {
    long[] must = known.must();
    long[] settled = known.settled();
    int nextMust = 0;
    int nextSettled = 0;
    long last = known.truncatedBelow() - 1;
    for (Lease lease = lease(64); lease != null || !held.isEmpty(); lease = lease(64)) {
      if (lease == null) {
        if (nextMust == must.length) {
          break;
        }
        acknowledgeAll(); // with many gaps nothing more is read while anything is leased
        continue;
      }
      for (int i = 0; i < lease.count(); i++) {
        long sequence = lease.firstSequence() + i;
        require(sequence > last, "a record comes after " + last, sequence);
        last = sequence;
        require(
            nextMust == must.length || must[nextMust] >= sequence,
            "a durable record is gone",
            nextMust == must.length ? 0 : must[nextMust]);
        nextMust += nextMust < must.length && must[nextMust] == sequence ? 1 : 0;
        while (nextSettled < settled.length && settled[nextSettled] < sequence) {
          nextSettled++;
        }
        require(
            nextSettled == settled.length || settled[nextSettled] != sequence,
            "a settled record came again",
            sequence);
      }
    }
    require(
        nextMust == must.length,
        "a durable record is gone at the end",
        nextMust == must.length ? 0 : must[nextMust]);
    require(last < queue().statistics().nextSequence(), "lies beyond the next number", last);
  }

  private void bytesInBounds() {
    require(disk.peakBytes() <= setup.maxBytes(), "too many bytes", disk.peakBytes());
  }

  private static void require(boolean holds, String otherwise, long number) {
    if (!holds) {
      throw new AssertionError(otherwise + ": " + number);
    }
  }

  // ---- reading ------------------------------------------------------------------------------

  /** Leases some records, checks them, and keeps the lease; null when nothing is ready. */
  @Nullable Lease lease(int maxRecords) throws IOException {
    Lease lease = queue().lease(maxRecords, 1 << 20);
    if (lease == null) {
      return null;
    }
    for (int i = 0; i < lease.count(); i++) {
      verify(lease, i);
    }
    held.add(lease);
    return lease;
  }

  private void verify(Lease lease, int i) {
    long sequence = lease.firstSequence() + i;
    int length = lease.length(i);
    int start = lease.offset(i);
    require(length >= Integer.BYTES, "altered", sequence);
    int id = ByteBuffer.wrap(lease.bytes()).getInt(start);
    byte[] content = contents.of(id);
    require(
        content != null
            && Arrays.equals(lease.bytes(), start, start + length, content, 0, content.length),
        "altered",
        sequence);
    Integer known = ledger.record(sequence);
    require(known == null || known == id, "another record than before", sequence);
    if (!ledger.knows(sequence)) {
      ledger.stored(sequence, id, disk.time(), lease.appendedAtMillis());
    }
  }

  /** The leases that have not ended. */
  List<Lease> held() {
    return held;
  }

  void acknowledge(Lease lease, int from, int to) {
    ledger.acknowledged(lease.firstSequence() + from, lease.firstSequence() + to, disk.time());
    lease.acknowledge(from, to);
  }

  /** Acknowledges every n-th record of all that is leased. */
  void acknowledgeEvery(int n) {
    for (Lease lease : List.copyOf(held)) {
      for (int i = 0; i < lease.count(); i++) {
        if ((lease.firstSequence() + i) % n == 0) {
          acknowledge(lease, i, i + 1);
        }
      }
    }
  }

  void acknowledgeAll() {
    held.forEach(lease -> acknowledge(lease, 0, lease.count()));
    held.clear();
  }

  void releaseAll() {
    held.forEach(Lease::release);
    held.clear();
  }

  // ---- appending ----------------------------------------------------------------------------

  /** Hands in an append, which {@link #work} writes. */
  void append(int... lengths) {
    appendAt(-1, lengths);
  }

  /** As {@link #append(int...)}, with a number of the owner's choice unless it is negative. */
  void appendAt(long number, int... lengths) {
    int[] ids = Arrays.stream(lengths).map(contents::make).toArray();
    ByteBuffer[] payload = new ByteBuffer[ids.length];
    int[] sizes = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      byte[] content = contents.of(ids[i]);
      payload[i] = ByteBuffer.wrap(content == null ? new byte[0] : content);
      sizes[i] = payload[i].remaining();
      loose.add(ids[i]);
    }
    RecordBatch batch = new RecordBatch(payload, sizes, ids.length);
    var stage = number < 0 ? queue().append(batch) : queue().append(batch, number);
    stage.whenComplete((result, failure) -> completed(ids, result, failure));
  }

  private void completed(int[] ids, @Nullable AppendResult result, @Nullable Throwable failure) {
    if (failure != null) {
      if (!faulty) {
        throw new AssertionError("an append failed", failure);
      }
    } else if (result instanceof AppendResult.Stored stored) {
      for (int i = 0; i < ids.length; i++) {
        long sequence = stored.firstSequence() + i;
        require(!ledger.isUsed(sequence), "a number is used twice", sequence);
        ledger.stored(sequence, ids[i], disk.time(), clock.millis());
        loose.remove(ids[i]);
      }
      lastStored = stored.firstSequence();
    } else {
      Arrays.stream(ids).forEach(loose::remove);
    }
  }

  /** The number that the next record gets, for an owner that numbers. */
  long next() {
    return queue().statistics().nextSequence();
  }

  /** Lets the writer do all that it has to do. */
  void work() {
    loop.run();
  }

  /** Lets time pass: 20 ms save the state, a second lets an empty queue let go. */
  void advance(long millis) {
    loop.advance(millis);
    if (setup.policy() instanceof SyncPolicy.Interval interval
        && millis >= interval.interval().toMillis()
        && !wasFaulty) {
      ledger.allDurable(disk.time());
    }
  }

  void reserve(long below) throws IOException {
    queue().reserve(below);
    ledger.reserved(below, disk.time());
  }

  void endReservation(long below) {
    ledger.reserved(below, disk.time());
    queue().endReservation(below);
  }

  /** The owner gives a number to something that never comes to the disk. */
  void leaveOut(long number) {
    ledger.leftOut(number, disk.time());
  }

  // ---- trouble ------------------------------------------------------------------------------

  void failOperation(int n) {
    faulty = true;
    wasFaulty = true;
    disk.failOperation(n);
  }

  void failSyncs(boolean fail) {
    faulty = true;
    wasFaulty = true;
    disk.failSyncs(fail);
  }

  void close() throws IOException {
    SegmentQueue open = queue();
    try {
      open.close();
      // Where syncs come late, what a failed one should have synced may be gone for ever.
      if (!wasFaulty && !(setup.policy() instanceof SyncPolicy.Never)) {
        ledger.allDurable(disk.time());
      }
    } catch (IOException e) {
      if (!faulty) {
        throw e;
      }
    }
    queue = null;
    held.clear();
    bytesInBounds();
  }

  /** Opens the queue again in the life after a close, and gives back what the check leased. */
  void reopen() throws IOException {
    disk.heal();
    faulty = false;
    open(recorded().at(disk.time()));
    releaseAll();
  }

  /** The queue takes an append and shows it, though room may have to be made first. */
  void appendsAndReads() throws IOException {
    lastStored = -1;
    append(40);
    work();
    if (lastStored < 0) { // it was full
      acknowledgeAll();
      advance(25);
      if (lastStored < 0) {
        append(40);
        work();
      }
    }
    require(lastStored >= 0, "the queue takes nothing any more", lastStored);
    Lease lease = lease(1);
    require(
        lease != null && lease.firstSequence() == lastStored,
        "the new record cannot be read",
        lastStored);
    bytesInBounds();
  }
}
