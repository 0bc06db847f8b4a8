package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one file at a time its turn: a look for something new, or one chunk. Belongs to the node's
 * thread.
 */
final class TailReader {

  private static final Logger LOG = LoggerFactory.getLogger(TailReader.class);

  private static final long FAULT_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int MAX_IDLE_DOUBLINGS = 3;

  private final ChunkReader chunks;
  private final PathWatch paths;
  private final OpenFiles openFiles;
  private final Cursors cursors;
  private final InFlight inFlight;
  private final NodeHealth health;
  private final NodeListener listener;
  private final Clock clock;
  private final long pollNanos;
  private final long rotateWaitNanos;
  private final long quietNanos;
  private final int fingerprintLength;

  TailReader(
      FileInputConfig config,
      ChunkReader chunks,
      PathWatch paths,
      OpenFiles openFiles,
      Cursors cursors,
      InFlight inFlight,
      NodeHealth health,
      NodeListener listener,
      Clock clock) {
    this.chunks = chunks;
    this.paths = paths;
    this.openFiles = openFiles;
    this.cursors = cursors;
    this.inFlight = inFlight;
    this.health = health;
    this.listener = listener;
    this.clock = clock;
    this.pollNanos = config.pollInterval().toNanos();
    this.rotateWaitNanos = config.rotateWait().toNanos();
    this.quietNanos =
        config.linePattern() == null ? Long.MAX_VALUE : config.multilineFlushInterval().toNanos();
    this.fingerprintLength = (int) config.fingerprintSize().bytes();
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
      if (predecessor.isOpen() && !predecessor.faulty && (!looked || predecessor.hasIncomplete())) {
        return false;
      }
      file.predecessor = null;
    }
    try {
      boolean busy = take(file, nowNanos);
      file.faulty = false;
      health.solved(file.key());
      return busy;
    } catch (NoSuchFileException e) {
      paths.displaced();
    } catch (IOException e) {
      file.faulty = true;
      health.problem(file.key(), "cannot read " + file.path() + ": " + FileFaults.reason(e));
    }
    file.dueAtNanos = nowNanos + FAULT_WAIT_NANOS;
    return false;
  }

  private boolean take(TailedFile file, long nowNanos) throws IOException {
    if (!file.isCaughtUp()) {
      paths.watch(file, nowNanos);
    }
    if (inFlight.isHeld(null)) {
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
    if (inFlight.isHeld(file)) {
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
      inFlight.emit(file, chunk);
    } else if (channel.size() < replay.range().end()) {
      restart(file, channel, nowNanos);
    }
    return true;
  }

  /** Looks at a file that had nothing new when it was last looked at. */
  private boolean look(TailedFile file, long nowNanos) throws IOException {
    long size = paths.measure(file);
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

  private boolean readOn(TailedFile file, long nowNanos) throws IOException {
    FileChannel channel = openFiles.open(file);
    if (!verify(file, channel, nowNanos)) {
      return true;
    }
    ReadPosition at = file.position();
    ChunkReader.Chunk chunk =
        chunks.read(channel, at, file.size, Ending.OPEN, file.fields().at(clock.millis()));
    if (chunk != null) {
      inFlight.emit(file, chunk);
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
    inFlight.emit(file, chunk);
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
      inFlight.lost(lost);
    }
    file.size = channel.size();
    file.changedAtNanos = nowNanos;
    cursors.changed();
  }
}
