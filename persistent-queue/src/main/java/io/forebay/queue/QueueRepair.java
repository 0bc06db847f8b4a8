package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does at once to a queue that nothing uses what an agent does when its reading gets there: leaves
 * out what cannot be read. The damaged bytes are copied to another place first, and the segments
 * stay as they are. Blocks on the disk.
 */
public final class QueueRepair {

  private static final int COPY_BYTES = 1 << 20;

  /**
   * What a repair will do, or did.
   *
   * @param damages that touch what is still to be delivered
   * @param lostRecords records in them, which cannot be read
   * @param stateLost whether there is no sound state file: every record on disk comes again
   * @param stateForeign whether the state file belongs to another queue: it is put aside, and every
   *     record on disk comes again
   * @param evidence the copies of damaged bytes that were made
   * @param complete whether all of it fits into the state file; what does not is left out and
   *     counted when it is read
   */
  public record Outcome(
      List<Damage> damages,
      long lostRecords,
      boolean stateLost,
      boolean stateForeign,
      List<Path> evidence,
      boolean complete) {

    public Outcome {
      damages = List.copyOf(damages);
      evidence = List.copyOf(evidence);
    }

    /** Whether there is anything to do. */
    public boolean needed() {
      return stateLost || stateForeign || lostRecords > 0;
    }
  }

  private QueueRepair() {}

  /** Says what {@link #repair} would do, and changes nothing. */
  public static Outcome plan(Path directory, LongConsumer progress) throws IOException {
    return plan(new ReadOnlyStorage(directory), directory, progress);
  }

  private static Outcome plan(Storage storage, Path directory, LongConsumer progress)
      throws IOException {
    DirectoryView view = new DirectoryView(storage);
    QueueState state = view.state();
    boolean foreign = state != null && new EpochCheck(view, state.epoch(), directory).refuses();
    List<Damage> damages = new ArrayList<>();
    try (QueueScan scan =
        new QueueScan(
            storage,
            ScanOptions.UNDELIVERED,
            damage -> {
              if (damage.undelivered() > 0) {
                damages.add(damage);
              }
            })) {
      while (scan.next() != null) {
        progress.accept(scan.bytesRead());
      }
    }
    long lost = damages.stream().mapToLong(Damage::undelivered).sum();
    boolean stateLost = state == null && !view.segments().isEmpty();
    return new Outcome(damages, lost, stateLost, foreign, List.of(), true);
  }

  /**
   * Repairs the queue. May be run again after a kill at any point.
   *
   * @param evidence directory for the copies of damaged bytes; made when it is missing
   * @throws QueueLockedException when the queue is in use
   */
  public static Outcome repair(Path directory, Path evidence, LongConsumer progress)
      throws IOException {
    Outcome plan;
    List<Path> copies = new ArrayList<>();
    try (Storage storage = QueuePurge.lock(directory)) {
      plan = plan(storage, directory, progress);
      for (Damage damage : plan.damages()) {
        if (damage.bytes() > 0) {
          copies.add(copy(damage, evidence));
        }
      }
      if (plan.stateForeign() || plan.stateLost()) {
        Path state = storage.path(StateFile.FILE_NAME);
        if (Files.exists(state)) {
          copies.add(copy(new Damage(state, 0, Files.size(state), 0, 0, 0, ""), evidence));
        }
      }
      if (plan.stateForeign()) {
        storage.delete(StateFile.FILE_NAME);
        storage.syncDirectory();
      }
    }
    PersistentQueue.open(unbounded(directory)).close(); // the state anew, the torn tail left out
    boolean complete = settle(directory, plan.damages());
    return new Outcome(
        plan.damages(),
        plan.lostRecords(),
        plan.stateLost(),
        plan.stateForeign(),
        copies,
        complete);
  }

  private static QueueOptions unbounded(Path directory) {
    QueueOptions usual = QueueOptions.of(directory);
    return new QueueOptions(
        directory,
        Long.MAX_VALUE,
        usual.segmentBytes(),
        usual.overflow(),
        usual.syncPolicy(),
        usual.compression(),
        null,
        usual.clock(),
        QueueListener.NONE);
  }

  private static boolean settle(Path directory, List<Damage> damages) throws IOException {
    if (damages.isEmpty()) {
      return true;
    }
    try (Storage storage = QueuePurge.lock(directory);
        StateFile file = StateFile.open(storage)) {
      @Nullable QueueState state = file.loaded();
      if (state == null) {
        throw new IOException("the state file that was just written cannot be read");
      }
      SequenceSet settled = new SequenceSet(state.frontier());
      state.settled().forEach(range -> settled.add(range.from(), range.to()));
      damages.forEach(damage -> settled.add(damage.fromSequence(), damage.toSequence()));
      List<QueueState.Range> ranges = new ArrayList<>();
      settled.forEachRange((from, to) -> ranges.add(new QueueState.Range(from, to)));
      long complete =
          file.write(
              new QueueState(
                  state.epoch(),
                  state.nextSequence(),
                  state.reservedSequence(),
                  settled.frontier(),
                  state.truncatedBelow(),
                  ranges,
                  state.liveBytes()),
              true);
      return complete == Long.MAX_VALUE;
    }
  }

  private static Path copy(Damage damage, Path evidence) throws IOException {
    FileStorage.createPrivate(evidence);
    Path target =
        evidence.resolve(Evidence.PREFIX + damage.file().getFileName() + "-" + damage.offset());
    try (StorageFile from = new SalvagingFile(ReadOnlyStorage.open(damage.file()));
        // Written over where a repair was cut short; it holds what was to be delivered.
        FileChannel to = FileStorage.createOrTruncatePrivate(target)) {
      ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
      long end = damage.offset() + damage.bytes();
      for (long at = damage.offset(); at < end; ) {
        buffer.clear().limit((int) Math.min(COPY_BYTES, end - at));
        int read = from.read(buffer, at);
        if (read == 0) {
          break;
        }
        at += read;
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.force(true);
    }
    return target;
  }
}
