package io.forebay.queue;

import io.forebay.queue.OverflowPolicy.Admission;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: collects the appends that wait, writes them together, syncs once, completes them
 * all. Only {@link #submit} may be called off the writer thread.
 */
final class Committer {

  private static final long MAX_GROUP_BYTES = 8L * 1024 * 1024;

  /** After so many groups the writer's other tasks have their turn. */
  private static final int MAX_GROUPS = 16;

  private final AppendLine line = new AppendLine();
  private final GroupWait groupWait = new GroupWait(line);

  /** The list for the appends of a group, used again for the next one. */
  private final List<PendingAppend> groupList = new ArrayList<>();

  private final Ledger ledger;
  private final SegmentWriter segments;
  private final Checkpointer checkpointer;
  private final Evidence evidence;
  private final Room room;
  private final Losses losses;
  private final DiskHealth health;
  private final QueueListener listener;
  private final BatchEncoder encoder;
  private final OverflowPolicy overflow;
  private final boolean always;
  private final boolean syncsLater;
  private final Clock clock;

  private boolean telling;
  private boolean madeRoom;
  private volatile boolean blocked;

  Committer(
      QueueOptions options,
      int segmentBytes,
      Ledger ledger,
      SegmentWriter segments,
      Checkpointer checkpointer,
      Evidence evidence,
      Room room,
      Losses losses,
      DiskHealth health,
      QueueListener listener) {
    this.ledger = ledger;
    this.segments = segments;
    this.checkpointer = checkpointer;
    this.evidence = evidence;
    this.room = room;
    this.losses = losses;
    this.health = health;
    this.listener = listener;
    this.encoder = new BatchEncoder(options, segmentBytes, ledger, segments, checkpointer);
    this.overflow =
        new OverflowPolicy(options, ledger, room, segments, checkpointer, evidence, losses);
    this.always = options.syncPolicy() instanceof SyncPolicy.Always;
    this.syncsLater = options.syncPolicy() instanceof SyncPolicy.Interval;
    this.clock = options.clock();
  }

  /** Puts an append into the line; false when the queue is closed. */
  boolean submit(
      RecordBatch batch, long payloadBytes, long wantedSequence, AppendCallback callback) {
    return line.add(batch, payloadBytes, wantedSequence, callback);
  }

  /** Whether the first append in the line waits for room. */
  boolean blocked() {
    return blocked;
  }

  /**
   * Commits group after group until nothing waits, or what waits must wait for room, or some groups
   * are done.
   */
  void drain() {
    blocked = false;
    for (int groups = 0; groups < MAX_GROUPS; groups++) {
      if (always) {
        groupWait.awaitFirst();
      }
      if (!commitGroup() || blocked) {
        return;
      }
    }
  }

  /** Whether something waits, and not for room. */
  boolean waits() {
    return !blocked && line.size() > 0;
  }

  /** Commits what it can and fails whatever still waits; nothing is accepted afterwards. */
  void close() {
    do {
      drain();
    } while (waits());
    IOException cause = new IOException("the queue is closed");
    line.close().forEach(append -> append.failed(cause));
  }

  private boolean commitGroup() {
    PendingAppend append = line.first();
    if (append == null) {
      return false;
    }
    // A caller that is told may close the queue within that call, which commits what still waits.
    List<PendingAppend> group = telling ? new ArrayList<>() : groupList;
    long millis = clock.millis();
    if (append.wantedSequence >= 0 && append.wantedSequence < ledger.next()) {
      return refuseNumber(append, group);
    }
    try {
      if (health.writesFail()) {
        checkpointer.reclaim(); // what a failed append has left goes before another is tried
      }
      if (!append.follows(ledger.next())) {
        segments.skipTo(append.wantedSequence);
      }
      segments.begin();
      room.begin();
      long groupBytes = 0;
      while (append != null && groupBytes < MAX_GROUP_BYTES) {
        long bytes = encoder.maxBytesOnDisk(append);
        boolean taken = room.take(bytes);
        if (!taken && group.isEmpty()) {
          Admission admission = overflow.makeRoom(bytes, encoder.fits(append));
          if (admission != Admission.ADMITTED) {
            return refuse(append, admission, group);
          }
          taken = true;
        }
        if (!taken || !encoder.fits(append) || !encoder.follows(append)) {
          if (group.isEmpty()) {
            return refuse(append, Admission.TOO_LARGE, group);
          }
          break; // decided when it is the first of a group
        }
        groupBytes += bytes;
        line.removeFirst();
        group.add(append);
        encoder.add(append, millis);
        append = line.first();
        if (append == null && always && groupWait.awaitNext(group.size())) {
          append = line.first();
        }
      }
      write(millis);
    } catch (IOException | RuntimeException e) {
      fail(append, group, e);
      return true;
    }
    complete(group);
    return true;
  }

  private boolean refuse(PendingAppend append, Admission admission, List<PendingAppend> group) {
    room.settle();
    if (admission == Admission.LATER) {
      blocked = true;
      return false;
    }
    DropReason reason = admission.reason;
    losses.dropped(reason, append.batch.count(), append.payloadBytes);
    line.removeFirst();
    group.add(append);
    end(group, refused -> refused.refused(reason));
    return true;
  }

  private boolean refuseNumber(PendingAppend append, List<PendingAppend> group) {
    line.removeFirst();
    group.add(append);
    String taken = "the number " + append.wantedSequence + " is taken: the next free one is ";
    IOException cause = new IOException(taken + ledger.next());
    end(group, refused -> refused.failed(cause));
    return true;
  }

  private void write(long millis) throws IOException {
    encoder.end(millis);
    segments.flush();
    if (always) {
      segments.sync();
    }
    segments.publish(millis);
  }

  private void complete(List<PendingAppend> group) {
    if (group.isEmpty()) {
      return;
    }
    madeRoom = false;
    try {
      evidence.freeDeleted();
      if (segments.rolled()) {
        checkpointer.save(true);
      }
      if (!syncsLater) {
        health.wrote();
      }
    } catch (IOException e) {
      health.writeFailed("write the state", e);
    }
    room.settle();
    int expected = group.size() + line.size();
    end(group, PendingAppend::stored);
    groupWait.ended(expected, segments.lastSyncNanos());
    listener.onReady();
  }

  private void fail(@Nullable PendingAppend first, List<PendingAppend> group, Exception cause) {
    DiskException told = DiskException.of(cause);
    health.writeFailed("append", told);
    if (!group.isEmpty()) {
      encoder.clear();
      segments.abandon();
    } else if (first != null) { // failed while room was made for it
      line.removeFirst();
      group.add(first);
    }
    try {
      checkpointer.reclaim();
      if (told.kind() == DiskException.Kind.FULL
          && overflow.isRing()
          && !madeRoom
          && ledger.oldestSegment() != null) {
        madeRoom = true; // once for a group: others may take what becomes free, all of it
        overflow.dropOldest();
        room.settle();
        line.putBack(group);
        return;
      }
    } catch (IOException e) {
      health.writeFailed("write the state", e);
    }
    madeRoom = false;
    room.settle();
    end(group, append -> append.failed(told));
  }

  /** Tells the callers, and takes the appends back to be used again. */
  private void end(List<PendingAppend> group, Consumer<PendingAppend> tell) {
    boolean nested = telling;
    telling = true;
    group.forEach(tell);
    telling = nested;
    line.recycle(group);
    group.clear();
  }
}
