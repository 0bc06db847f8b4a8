package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.source.worker.Emitter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one file at a time its turn: a look for something new, or one chunk. Belongs to the node's
 * thread; the outcomes of its batches arrive on others.
 */
final class TailReader {

  private static final Logger LOG = LoggerFactory.getLogger(TailReader.class);

  /** Bytes that all files of a node together may have under way. */
  private static final long MAX_IN_FLIGHT_BYTES = 64L << 20;

  private static final long REPLAY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FAULT_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_IDLE_DOUBLINGS = 3;

  private final ChunkReader chunks;
  private final OpenFiles openFiles;
  private final Cursors cursors;
  private final InFlight inFlight;
  private final NodeHealth health;
  private final NodeListener listener;
  private final Clock clock;
  private final Emitter out;
  private final long pollNanos;
  private final long rotateWaitNanos;
  private final long quietNanos;
  private final long maxUnacknowledged;
  private final int fingerprintLength;

  private volatile boolean held;
  private boolean displaced;

  TailReader(
      FileInputConfig config,
      ChunkReader chunks,
      OpenFiles openFiles,
      Cursors cursors,
      InFlight inFlight,
      NodeHealth health,
      NodeListener listener,
      Clock clock,
      Emitter out) {
    this.chunks = chunks;
    this.openFiles = openFiles;
    this.cursors = cursors;
    this.inFlight = inFlight;
    this.health = health;
    this.listener = listener;
    this.clock = clock;
    this.out = out;
    this.pollNanos = config.pollInterval().toNanos();
    this.rotateWaitNanos = config.rotateWait().toNanos();
    this.quietNanos =
        config.linePattern() == null ? Long.MAX_VALUE : config.multilineFlushInterval().toNanos();
    this.maxUnacknowledged = config.maxUnacknowledgedSize().bytes();
    this.fingerprintLength = (int) config.fingerprintSize().bytes();
  }

  /** Whether since the last call a path was met that leads to another file by now. */
  boolean takeDisplaced() {
    boolean was = displaced;
    displaced = false;
    return was;
  }

  /**
   * Notices whether a file that has no turn now was renamed: with a second rename before the next
   * search, the file between the two would never be seen.
   */
  void watch(TailedFile file, long nowNanos) {
    if (nowNanos - file.watchedAtNanos < WATCH_NANOS || file.gone) {
      return;
    }
    file.watchedAtNanos = nowNanos;
    try {
      measure(file);
    } catch (IOException e) {
      displaced = true;
    }
  }

  /** A round of turns begins. */
  void beginRound() {
    held = false;
  }

  /**
   * Gives a file its turn; needs demand for one batch, and emits one at most.
   *
   * @return whether there was something to do
   */
  boolean turn(TailedFile file, long nowNanos) {
    if (nowNanos - file.dueAtNanos < 0) {
      return false;
    }
    TailedFile predecessor = file.predecessor;
    if (predecessor != null) {
      boolean looked = predecessor.lookedAtNanos - file.foundAtNanos() >= 0;
      if (predecessor.isOpen() && (!looked || predecessor.hasIncomplete())) {
        return false;
      }
      file.predecessor = null;
    }
    try {
      boolean busy = take(file, nowNanos);
      health.solved(file.key());
      return busy;
    } catch (NoSuchFileException e) {
      displaced = true;
    } catch (IOException e) {
      health.problem(file.key(), "cannot read " + file.path() + ": " + FileFaults.reason(e));
    }
    file.dueAtNanos = nowNanos + FAULT_WAIT_NANOS;
    return false;
  }

  private boolean take(TailedFile file, long nowNanos) throws IOException {
    if (!file.isCaughtUp()) {
      watch(file, nowNanos);
    }
    if (inFlight.bytes() >= MAX_IN_FLIGHT_BYTES) {
      held = true;
      return false;
    }
    if (file.replay == null && nowNanos - file.replayAtNanos >= 0) {
      Range failed = file.ranges().takeFailed();
      if (failed != null) {
        file.replay = new TailedFile.Replay(failed, new ReadPosition(failed.start()));
      }
    }
    TailedFile.Replay replay = file.replay;
    if (replay != null) {
      return replay(file, replay, nowNanos);
    }
    if (file.position().next() - file.ranges().mark().offset() >= maxUnacknowledged) {
      held = true;
      return false;
    }
    return file.isCaughtUp() ? look(file, nowNanos) : readOn(file, nowNanos);
  }

  private boolean replay(TailedFile file, TailedFile.Replay replay, long nowNanos)
      throws IOException {
    FileChannel channel = openFiles.open(file);
    if (!verify(file, channel, nowNanos)) {
      return true;
    }
    ReadPosition at = replay.position();
    ChunkReader.Chunk chunk =
        chunks.read(
            channel, at, replay.range().end(), Ending.FINAL, file.fields().at(clock.millis()));
    if (chunk != null) {
      if (at.next() >= replay.range().end()) {
        file.replay = null;
      }
      emit(file, chunk);
    } else if (channel.size() < replay.range().end()) {
      restart(file, channel, nowNanos);
    }
    return true;
  }

  /** Looks at a file that had nothing new when it was last looked at. */
  private boolean look(TailedFile file, long nowNanos) throws IOException {
    long size = measure(file);
    file.lookedAtNanos = nowNanos;
    if (size != file.size) {
      file.size = size;
      file.changedAtNanos = nowNanos;
      file.idleLooks = 0;
      file.flushed = Ending.OPEN;
      file.verified = false;
    }
    if (size < file.position().seen()) {
      FileChannel channel = openFiles.open(file);
      if (size < file.position().next()) {
        restart(file, channel, nowNanos);
      } else {
        file.position().moveTo(file.position().next());
      }
      return true;
    }
    if (!file.isCaughtUp()) {
      return readOn(file, nowNanos);
    }
    if (!file.verified && size > 0) {
      FileChannel channel = openFiles.open(file);
      if (!verify(file, channel, nowNanos)) {
        return true;
      }
    }
    if (file.hasIncomplete() && flush(file, nowNanos)) {
      return true;
    }
    boolean restless = file.hasIncomplete() || file.rotated || file.gone;
    file.dueAtNanos =
        nowNanos + (pollNanos << (restless ? 0 : Math.min(file.idleLooks, MAX_IDLE_DOUBLINGS)));
    file.idleLooks++;
    return false;
  }

  /** The size of the file now, by its path where that still leads to it. */
  private long measure(TailedFile file) throws IOException {
    if (!file.gone) {
      try {
        BasicFileAttributes attributes =
            Files.readAttributes(file.path(), BasicFileAttributes.class);
        if (FileKeys.of(file.path(), attributes).equals(file.key())) {
          long modified = attributes.lastModifiedTime().toMillis();
          if (modified != file.modifiedMillis) {
            file.modifiedMillis = modified;
            file.verified = false;
          }
          return attributes.size();
        }
      } catch (IOException e) {
        if (!file.isOpen()) {
          throw e;
        }
      }
      displaced = true;
    }
    return file.isOpen() ? file.open().size() : file.size;
  }

  private boolean readOn(TailedFile file, long nowNanos) throws IOException {
    FileChannel channel = openFiles.open(file);
    if (!verify(file, channel, nowNanos)) {
      return true;
    }
    ReadPosition at = file.position();
    ChunkReader.Chunk chunk =
        chunks.read(channel, at, file.size, Ending.OPEN, file.fields().at(clock.millis()));
    if (chunk != null) {
      emit(file, chunk);
    }
    if (!file.isCaughtUp()) {
      if (chunk == null && !at.inLongLine()) {
        // The file is shorter than it was a moment ago.
        file.size = channel.size();
      }
      return true;
    }
    long size = channel.size();
    if (size > file.size) {
      file.size = size;
      file.changedAtNanos = nowNanos;
      return true;
    }
    file.idleLooks = 0;
    file.dueAtNanos = nowNanos + pollNanos;
    return chunk != null;
  }

  /** Hands out what is incomplete if nothing followed for long enough. */
  private boolean flush(TailedFile file, long nowNanos) throws IOException {
    long quiet = nowNanos - file.changedAtNanos;
    Ending ending = Ending.OPEN;
    if ((file.rotated || file.gone) && quiet >= rotateWaitNanos) {
      ending = Ending.FINAL;
    } else if (quiet >= quietNanos) {
      ending = Ending.QUIET;
    }
    if (ending.compareTo(file.flushed) <= 0 || (file.gone && !file.isOpen())) {
      return false;
    }
    FileChannel channel = openFiles.open(file);
    ChunkReader.Chunk chunk =
        chunks.read(channel, file.position(), file.size, ending, file.fields().at(clock.millis()));
    if (chunk == null) {
      file.flushed = ending;
      return false;
    }
    emit(file, chunk);
    return true;
  }

  /**
   * Compares the file's beginning with what it was when it was last read.
   *
   * @return false when it is another; then the file is at its beginning again
   */
  private boolean verify(TailedFile file, FileChannel channel, long nowNanos) throws IOException {
    if (file.verified) {
      return true;
    }
    Fingerprint now = file.fingerprint().follow(channel, fingerprintLength);
    if (now == null) {
      restart(file, channel, nowNanos);
      return false;
    }
    if (!now.equals(file.fingerprint())) {
      file.identify(now);
      cursors.changed();
    }
    file.verified = true;
    return true;
  }

  private void restart(TailedFile file, FileChannel channel, long nowNanos) throws IOException {
    LOG.info("{} was truncated or written anew; reading it from the beginning", file.path());
    listener.onEvent("file_truncated", 1);
    for (Range lost : file.restart(Fingerprint.take(channel, fingerprintLength))) {
      lost(lost);
    }
    file.size = channel.size();
    file.changedAtNanos = nowNanos;
    cursors.changed();
  }

  private void emit(TailedFile file, ChunkReader.Chunk chunk) {
    Range range = chunk.range();
    int memoryBytes = chunk.memoryBytes();
    AcknowledgedRanges ranges = file.ranges();
    int epoch = ranges.epoch();
    ranges.opened();
    inFlight.add(memoryBytes);
    if (chunk.cutLines() > 0) {
      listener.onEvent("line_cut", chunk.cutLines());
      listener.onDropped("line_cut", 0, chunk.cutBytes());
    }
    out.emit(
        Batch.of(
            chunk.items(),
            Acknowledgement.of(safe -> ended(file, range, epoch, memoryBytes, safe))));
  }

  private void ended(TailedFile file, Range range, int epoch, int memoryBytes, boolean safe) {
    if (safe) {
      if (file.ranges().acknowledge(epoch, range)) {
        cursors.changed();
      }
    } else {
      file.replayAtNanos = System.nanoTime() + REPLAY_WAIT_NANOS;
      if (file.ranges().fail(epoch, range)) {
        listener.onEvent("replayed", range.items());
      } else {
        lost(range);
      }
    }
    inFlight.remove(memoryBytes);
    if (held || out.isCancelled()) {
      out.wake();
    }
  }

  private void lost(Range range) {
    listener.onDropped("truncated_before_acknowledged", range.items(), range.length());
  }
}
