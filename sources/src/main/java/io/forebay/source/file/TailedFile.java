package io.forebay.source.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file that is followed, whatever it is called by now. Belongs to the node's thread, {@link
 * #ranges} and {@link #replayAtNanos} apart. Times are of {@link System#nanoTime}.
 */
final class TailedFile {

  private static final Logger LOG = LoggerFactory.getLogger(TailedFile.class);

  private final String key;
  private final ItemFields fields;
  private final AcknowledgedRanges ranges;
  private final ReadPosition position;
  private final long foundAtNanos;

  private Path path;
  private Fingerprint fingerprint;
  private @Nullable FileChannel channel;

  /** Size in bytes when it was last looked at. */
  long size;

  /** When it was last written to (milliseconds since the epoch), where that is known. */
  long modifiedMillis;

  /** When its size was asked for last. */
  long lookedAtNanos;

  /** When its path was looked at last without a turn. */
  long watchedAtNanos;

  /** When a change of its size was noticed last. */
  long changedAtNanos;

  /** When it is to be looked at next. */
  long dueAtNanos;

  /** Looks in a row that found nothing new. */
  int idleLooks;

  /** How far what is incomplete was tried to be handed out at the present size. */
  Ending flushed = Ending.OPEN;

  /** Renamed, so that whoever writes to it will stop soon. */
  boolean rotated;

  /** No longer at a path that is to be followed: it is read to its end and then left. */
  boolean leaving;

  /** No path is known that leads to it any more; an open channel is all there is. */
  boolean gone;

  /** Whether the last turn failed. */
  boolean faulty;

  /** Whether the fingerprint was compared since the end was last reached. */
  boolean verified;

  /** The file that had this one's path before: it is read first. */
  @Nullable TailedFile predecessor;

  /** A failed range that is being read again, and where. */
  @Nullable Replay replay;

  /** When failed ranges may be read again; set by whoever hears of a failure. */
  volatile long replayAtNanos;

  /** A range that is being read again. */
  record Replay(Range range, ReadPosition position) {}

  TailedFile(
      String key,
      Path path,
      Fingerprint fingerprint,
      AcknowledgedRanges.Mark start,
      ItemFields fields,
      long nowNanos) {
    this.key = key;
    this.path = path;
    this.fingerprint = fingerprint;
    this.fields = fields;
    this.ranges = new AcknowledgedRanges(start);
    this.position = new ReadPosition(start.offset());
    this.foundAtNanos = nowNanos;
    this.lookedAtNanos = nowNanos - 1;
    this.watchedAtNanos = nowNanos;
    this.changedAtNanos = nowNanos;
    this.dueAtNanos = nowNanos;
    this.replayAtNanos = nowNanos;
  }

  /** What the system knows the file by, over renames. */
  String key() {
    return key;
  }

  Path path() {
    return path;
  }

  long foundAtNanos() {
    return foundAtNanos;
  }

  ItemFields fields() {
    return fields;
  }

  Fingerprint fingerprint() {
    return fingerprint;
  }

  void identify(Fingerprint newFingerprint) {
    fingerprint = newFingerprint;
  }

  AcknowledgedRanges ranges() {
    return ranges;
  }

  ReadPosition position() {
    return position;
  }

  void renameTo(Path newPath, long nowNanos) {
    path = newPath;
    rotated = true;
    gone = false;
    dueAtNanos = nowNanos;
  }

  /** Whether everything that the file had when it was last looked at has been looked at. */
  boolean isCaughtUp() {
    return position.seen() >= size;
  }

  /** Whether there are bytes that are not handed out. */
  boolean hasIncomplete() {
    return position.next() < size;
  }

  /** Whether everything that was handed out is acknowledged. */
  boolean isSettled() {
    return replay == null && ranges.isSettled();
  }

  boolean isOpen() {
    return channel != null;
  }

  FileChannel open() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      open = FileChannel.open(path, StandardOpenOption.READ);
      adopt(open);
    }
    return open;
  }

  /** The file was opened elsewhere. */
  void adopt(FileChannel opened) {
    channel = opened;
    verified = false;
  }

  void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("closing {} failed: {}", path, e.toString());
      }
    }
  }

  /** What is to be remembered of it. */
  CursorEntry cursor(long nowMillis) {
    AcknowledgedRanges.Mark mark = ranges.mark();
    return new CursorEntry(
        path.toString(), key, fingerprint, mark.offset(), mark.tail(), nowMillis);
  }

  /**
   * The file has been emptied and written anew: everything begins at its beginning.
   *
   * @return the ranges that should have been read again and cannot be
   */
  List<Range> restart(Fingerprint newFingerprint) {
    fingerprint = newFingerprint;
    position.moveTo(0);
    flushed = Ending.OPEN;
    replay = null;
    return ranges.restart();
  }
}
