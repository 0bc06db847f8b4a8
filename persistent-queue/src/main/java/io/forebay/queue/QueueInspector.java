package io.forebay.queue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a queue's directory without its lock and without changing anything, also while an agent
 * uses it. Blocks on the disk.
 */
public final class QueueInspector {

  /** Damages that a check lists; more are only counted. */
  public static final int LISTED_DAMAGES = 100;

  private final Path directory;
  private final @Nullable Storage files;

  public QueueInspector(Path directory) {
    this.directory = directory;
    this.files = null;
  }

  /** Looks at files that are somewhere else than in the directory that is named. */
  QueueInspector(Path directory, Storage files) {
    this.directory = directory;
    this.files = files;
  }

  private Storage files() throws IOException {
    return files != null ? files : new ReadOnlyStorage(directory);
  }

  /** Whether the directory holds the files of a queue. */
  public static boolean isQueue(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (SegmentHeader.firstSequence(String.valueOf(file.getFileName())) >= 0) {
          return true;
        }
      }
    }
    return StateFile.isOne(directory.resolve(StateFile.FILE_NAME));
  }

  /** The process that has the queue open; empty when none is seen. */
  public OptionalLong holder() {
    return LockHolder.of(directory);
  }

  /**
   * What the state and the names and heads of the segments tell; costs little, whatever the
   * backlog.
   *
   * @throws java.nio.file.NoSuchFileException when there is no such directory
   * @throws QueueFormatException when a newer version wrote it
   */
  public QueueSummary summary() throws IOException {
    Storage storage = files();
    DirectoryView view = new DirectoryView(storage);
    QueueState state = view.state();
    SequenceSet settled = view.settled();
    Map.Entry<Long, Long> newest = view.segments().lastEntry();
    Tail tail = newest == null ? null : tail(storage, newest.getKey(), newest.getValue());
    long written = tail == null ? 0 : tail.nextSequence();
    long next = Math.max(written, state == null ? 0 : state.nextSequence());
    long diskBytes = 0;
    List<String> evidence = new ArrayList<>();
    for (Storage.Entry file : view.others()) {
      diskBytes += file.size();
      if (file.name().startsWith(Evidence.PREFIX)) {
        evidence.add(file.name());
      }
    }
    long records = 0;
    long liveBytes = 0;
    for (Map.Entry<Long, Long> entry : view.segments().entrySet()) {
      diskBytes += entry.getValue();
      Long following = view.segments().higherKey(entry.getKey());
      long end = following == null ? written : view.resumedFrom(following);
      long live = settled.absentCount(entry.getKey(), end);
      records += live;
      if (live > 0) {
        liveBytes += liveBytes(entry, state, live == end - entry.getKey());
      }
    }
    OldestFrame oldest = records == 0 ? OldestFrame.NONE : oldest();
    return new QueueSummary(
        directory,
        records,
        liveBytes,
        diskBytes,
        view.segments().size(),
        settled.frontier(),
        next,
        oldest.sequence(),
        oldest.millis(),
        epoch(view, state),
        state == null ? 0 : state.truncatedBelow(),
        state != null,
        newest == null || tail == null ? 0 : Math.max(0, newest.getValue() - tail.end()),
        evidence);
  }

  private record OldestFrame(long sequence, long millis) {
    static final OldestFrame NONE = new OldestFrame(-1, 0);
  }

  private OldestFrame oldest() throws IOException {
    try (QueueScan scan = new QueueScan(files(), ScanOptions.UNDELIVERED, damage -> {})) {
      StoredFrame frame = scan.next();
      return frame == null
          ? OldestFrame.NONE
          : new OldestFrame(frame.firstSequence(), frame.appendedAtMillis());
    }
  }

  private static @Nullable Tail tail(Storage storage, long first, long bytes) throws IOException {
    try {
      return Tail.of(storage, Segment.found(first, bytes));
    } catch (NoSuchFileException e) {
      return null; // emptied and removed in this moment
    }
  }

  private static long liveBytes(
      Map.Entry<Long, Long> entry, @Nullable QueueState state, boolean whole) {
    Segment segment = Segment.found(entry.getKey(), entry.getValue());
    if (!whole && state != null) {
      state.liveBytes().stream()
          .filter(live -> live.segment() == segment.first)
          .forEach(segment::restore);
    }
    return segment.liveBytes;
  }

  private static long epoch(DirectoryView view, @Nullable QueueState state) throws IOException {
    if (state != null) {
      return state.epoch();
    }
    for (Long first : view.segments().descendingKeySet()) {
      SegmentHeader header = view.header(first);
      if (header != null) {
        return header.epoch();
      }
    }
    return 0;
  }

  /** Files that are somewhere else are in memory. */
  private ReadAhead readAhead(SortedMap<Long, Long> segments) throws IOException {
    return ReadAhead.begin(files(), files == null ? segments : Collections.emptySortedMap());
  }

  /**
   * Reads every frame that is there now and compares its checksums, at the speed of the disk and in
   * constant memory.
   *
   * @param progress told now and then how many bytes were read
   */
  public QueueCheck check(LongConsumer progress) throws IOException {
    List<Damage> listed = new ArrayList<>();
    QueueTally tally = new QueueTally();
    Consumer<Damage> damages =
        damage -> {
          tally.add(damage);
          if (listed.size() < LISTED_DAMAGES) {
            listed.add(damage);
          }
        };
    DirectoryView view = new DirectoryView(files());
    QueueState state = view.state();
    boolean needsState = !view.segments().isEmpty();
    if (state != null) {
      new EpochCheck(view, state.epoch(), directory).tell(damages);
    }
    try (ReadAhead ahead = readAhead(view.segments());
        QueueScan scan = new QueueScan(files(), ScanOptions.EVERYTHING, damages)) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        tally.add(frame);
        ahead.passed(scan.bytesRead());
        progress.accept(scan.bytesRead());
      }
      return tally.result(
          listed, scan.tailBytes(), scan.totalBytes(), state != null || !needsState);
    }
  }
}
