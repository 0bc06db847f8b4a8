package io.forebay.queue;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A durable, bounded FIFO of byte records on one directory.
 *
 * <p>All methods may be called from any thread. {@link #append} never blocks on the disk; {@link
 * #lease} and {@link #close} do.
 */
public interface PersistentQueue extends Closeable {

  /**
   * Opens the queue, making its directory (mode 0700) when it is missing. Costs time and memory
   * independent of the backlog.
   *
   * @throws QueueLockedException when another process, or another queue of this one, holds the
   *     directory
   * @throws QueueFormatException when a newer version wrote it; nothing was touched
   * @throws IOException when the directory cannot be made, read or written
   */
  static PersistentQueue open(QueueOptions options) throws IOException {
    return Recovery.open(options);
  }

  /**
   * Appends all records of the batch, or none. The stage completes on the queue's writer thread, so
   * a continuation must be short: with {@link AppendResult.Stored} once the batch is as durable as
   * {@link QueueOptions#syncPolicy} says, with {@link AppendResult.Refused} when the overflow
   * policy turned it away, exceptionally with {@link IOException} when the disk failed (nothing of
   * the batch will then be read back in this process's life), {@link DiskException} when it has no
   * room. Under {@link Overflow#DROP_OLDEST} the oldest segment is given up first.
   *
   * <p>Under {@link Overflow#BLOCK} the stage stays incomplete until there is room; the order of
   * appends is kept.
   *
   * @param batch is read until the stage completes and must not change before
   */
  CompletionStage<AppendResult> append(RecordBatch batch);

  /**
   * As {@link #append(RecordBatch)}, with numbers that the caller chose: for an owner that names
   * what never comes to the disk out of the same numbers. The numbers that are left out are
   * nobody's. Appends with and without a number may not be mixed in one queue's life.
   *
   * @param firstSequence number of the first record, not below {@link QueueStatistics#nextSequence}
   *     and, to be kept from coming again after a crash, below what was {@linkplain #reserve
   *     reserved}; otherwise the stage completes exceptionally
   */
  CompletionStage<AppendResult> append(RecordBatch batch, long firstSequence);

  /**
   * As {@link #append(RecordBatch)}, and tells a callback instead of completing a stage: an append
   * then costs no garbage. What waits together is written and synced together, so a caller that
   * hands in many and waits for the last pays for few syncs.
   *
   * @param batch is read until the callback is called and must not change before
   */
  void append(RecordBatch batch, AppendCallback callback);

  /**
   * Makes sure that after a crash, and after a close, numbering goes on from {@code below} or
   * later. Blocks on the disk; durable when it returns.
   */
  void reserve(long below) throws IOException;

  /**
   * Gives up what is reserved from {@code below} on, for none of it was used: numbering goes on
   * there after a {@link #close}.
   */
  void endReservation(long below);

  /**
   * Leases the oldest records that are neither acknowledged nor leased, in sequence order; never
   * waits for data.
   *
   * @param maxRecords at least 1
   * @param maxBytes bound on the sum of the records' sizes; the first record is given even if it is
   *     larger
   * @return contiguous records of one frame, or null when nothing is ready
   * @throws IOException when the disk failed; a damaged frame is no exception, it is skipped and
   *     reported to the listener
   */
  @Nullable Lease lease(int maxRecords, int maxBytes) throws IOException;

  /**
   * A random number made with the directory: together with it, a sequence number names one record
   * for ever.
   */
  long epoch();

  /**
   * Records below this number that were not delivered were deleted to make room ({@link
   * Overflow#DROP_OLDEST}), in this life of the queue or an earlier one; 0 when none ever was.
   */
  long truncatedBelow();

  /** Whether {@link #lease} would at this moment find a record. Never touches the disk. */
  boolean hasReady();

  /** A consistent picture of the queue, cheap enough for every scrape. */
  QueueStatistics statistics();

  /**
   * Writes and syncs what was appended and the cursor, then releases the directory. What is still
   * leased stays in the queue; what of it is no longer on disk is dropped and reported.
   */
  @Override
  void close() throws IOException;
}
