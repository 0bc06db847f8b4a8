package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to the newest segment and begins a new one when it is full. Frames become readable
 * by {@link #publish}; until then {@link #abandon} takes them back. Used on the writer thread only.
 */
final class SegmentWriter {

  private static final int STAGING_BYTES = 256 * 1024;
  private static final int KEEP_STAGING_BYTES = 4 * 1024 * 1024;

  private record Written(Segment segment, long end) {}

  private final Storage storage;
  private final Ledger ledger;
  private final QueueListener listener;
  private final DiskHealth health;
  private final DirectoryGuard guard;
  private final long epoch;
  private final int segmentBytes;
  private final boolean syncOnRoll;
  private final List<Written> written = new ArrayList<>();

  private ByteBuffer staging;
  private @Nullable Segment segment;
  private @Nullable StorageFile file;
  private long position;
  private boolean unsynced;
  private boolean publishedUnsynced;
  private boolean nameUnsynced;
  private boolean rolled;
  private long next;
  private long groupStart;
  private long resumedFrom;
  private long lastSyncNanos;

  /**
   * @param resumedFrom first of the numbers before the ledger's next that no record has
   */
  SegmentWriter(
      Storage storage,
      Ledger ledger,
      QueueListener listener,
      DiskHealth health,
      DirectoryGuard guard,
      long epoch,
      int segmentBytes,
      boolean syncOnRoll,
      long resumedFrom) {
    this.storage = storage;
    this.ledger = ledger;
    this.listener = listener;
    this.health = health;
    this.guard = guard;
    this.epoch = epoch;
    this.segmentBytes = segmentBytes;
    this.syncOnRoll = syncOnRoll;
    this.resumedFrom = resumedFrom;
    this.staging = storage.buffer(Math.min(STAGING_BYTES, segmentBytes));
  }

  /** Begins a group of frames that is published or abandoned together. */
  void begin() {
    groupStart = ledger.next();
    next = groupStart;
    rolled = false;
  }

  /**
   * Leaves numbers out: the next record gets {@code sequence}. Only before {@link #begin}, with a
   * {@code sequence} above the ledger's next.
   */
  void skipTo(long sequence) throws IOException {
    try {
      if (syncOnRoll) {
        sync();
      }
    } finally {
      // Numbers that nobody has lie before a segment's first only; nor is anything ever written
      // behind a sync that failed.
      end();
    }
    ledger.skipped(sequence);
  }

  /** The number that the next record gets. */
  long next() {
    return next;
  }

  boolean unsynced() {
    return unsynced;
  }

  /** How long the last sync took. */
  long lastSyncNanos() {
    return lastSyncNanos;
  }

  /** Whether a segment was begun since {@link #begin}. */
  boolean rolled() {
    return rolled;
  }

  /**
   * Encodes the frame and writes it, at once or together with those that follow. One that is larger
   * than a segment begins one, and is alone in it.
   */
  void add(FrameEncoder frame, long appendedAtMillis) throws IOException {
    int bound = frame.maxTotalBytes();
    if (segment == null || position + staging.position() + bound > segmentBytes) {
      roll();
    }
    if (staging.remaining() < bound) {
      flush();
      if (staging.capacity() < bound) {
        staging = storage.buffer(bound);
      }
    }
    int count = frame.count();
    frame.encode(staging, next, appendedAtMillis);
    next += count;
  }

  /** Writes what is staged. */
  void flush() throws IOException {
    StorageFile target = file;
    Segment into = segment;
    if (staging.position() == 0 || target == null || into == null) {
      return;
    }
    staging.flip();
    int bytes = staging.remaining();
    unsynced = true;
    target.write(staging, position);
    position += bytes;
    ledger.resized(into, position);
    written.add(new Written(into, position));
    staging.clear();
    if (staging.capacity() > KEEP_STAGING_BYTES) {
      staging = storage.buffer(Math.min(STAGING_BYTES, segmentBytes));
    }
  }

  /** Makes everything written to the newest segment, and its name, survive a crash. */
  void sync() throws IOException {
    StorageFile target = file;
    if (target == null || !unsynced) {
      return;
    }
    long start = System.nanoTime();
    target.sync();
    if (nameUnsynced) {
      storage.syncDirectory();
      nameUnsynced = false;
    }
    if (!target.isInPlace()) {
      throw DirectoryGuard.gone(storage);
    }
    unsynced = false;
    publishedUnsynced = false;
    lastSyncNanos = System.nanoTime() - start;
    listener.onSynced(lastSyncNanos);
  }

  /**
   * Ends the newest segment when its file was removed or replaced, or nobody can tell: what is
   * written to it could not be found again.
   */
  void endIfGone() {
    StorageFile target = file;
    try {
      if (target == null || target.isInPlace()) {
        return;
      }
      throw DirectoryGuard.gone(storage);
    } catch (IOException e) {
      health.writeFailed("append", e);
      end();
    }
  }

  /** Lets readers see the group. */
  void publish(long millis) {
    written.forEach(part -> ledger.readable(part.segment(), part.end()));
    written.clear();
    if (next > groupStart) {
      ledger.published(next, millis);
      resumedFrom = next;
      publishedUnsynced = unsynced;
    }
  }

  /**
   * Takes the group back: its numbers will be nobody's, and nothing more goes to the segment whose
   * end is now unknown.
   */
  void abandon() {
    written.clear();
    staging.clear();
    resumedFrom = Math.min(resumedFrom, groupStart);
    Segment broken = segment;
    StorageFile target = file;
    if (broken != null && target != null) {
      if (broken.first == next) {
        next++; // its name is taken for as long as its file is there
      }
      try {
        ledger.resized(broken, target.size());
        if (publishedUnsynced && syncOnRoll) {
          sync();
        }
      } catch (IOException e) {
        health.writeFailed("sync " + storage.path(broken.name()), e);
      }
    }
    end();
    ledger.skipped(next);
  }

  /** Ends the newest segment without a sync; the next frame begins another. */
  void end() {
    Segment ended = segment;
    StorageFile target = file;
    segment = null;
    file = null;
    unsynced = false;
    publishedUnsynced = false;
    if (ended != null && target != null) {
      ledger.seal(ended);
      try {
        target.close();
      } catch (IOException e) {
        health.writeFailed("close " + storage.path(ended.name()), e);
      }
    }
  }

  boolean writesTo(@Nullable Segment candidate) {
    return candidate != null && candidate == segment;
  }

  /** Ends the newest segment when no live record is in it, so that it can be deleted. */
  void endIfSettled() {
    Segment current = segment;
    if (current != null && ledger.isSettled(current)) {
      end();
    }
  }

  private void roll() throws IOException {
    flush();
    if (syncOnRoll) {
      sync();
    }
    end();
    guard.ensure();
    rolled = true;
    // Numbers that nobody has lie before the first segment of a group only.
    Segment begun = new Segment(next, next > groupStart ? next : resumedFrom, 0);
    StorageFile created;
    try {
      created = storage.create(begun.name());
    } catch (IOException e) {
      discardCreated(begun, e);
      throw e;
    }
    file = created;
    segment = begun;
    position = 0;
    nameUnsynced = true;
    ledger.addSegment(begun);
    unsynced = true;
    created.write(new SegmentHeader(epoch, begun.first, begun.resumedFrom).encoded(), 0);
    position = SegmentHeader.BYTES;
    ledger.resized(begun, position);
  }

  /** A failed creation may have left a file; then its number is given up with it. */
  private void discardCreated(Segment begun, IOException cause) {
    try {
      if (storage.list().stream().noneMatch(file -> file.name().equals(begun.name()))) {
        next += cause instanceof FileAlreadyExistsException ? 1 : 0; // a stranger's directory
        return;
      }
    } catch (IOException e) {
      health.writeFailed("list the directory", e);
    }
    begun.sealed = true;
    ledger.addSegment(begun);
    next++;
  }
}
