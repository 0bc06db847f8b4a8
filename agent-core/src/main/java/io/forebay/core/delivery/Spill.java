package io.forebay.core.delivery;

import io.forebay.queue.DiskException;
import io.forebay.queue.DropReason;
import io.forebay.queue.QueueStatistics;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way from memory to the queue on disk, in order: one append under way, the rest
 * gathering behind it. While the disk fails the items stay here and may be sent instead. On the
 * loop only.
 */
final class Spill {

  /** Told when items became durable. */
  interface Stored {
    void onStored(Parcel parcel);
  }

  private static final int MAX_APPEND_ITEMS = 100_000;

  private final QueueGateway gateway;
  private final Settlement settlement;
  private final Backoff backoff;
  private final LongSupplier nanos;
  private final int maxAppendBytes;
  private final Numbers numbers;
  private final Stored stored;
  private final SliceBuffer buffer = new SliceBuffer();
  private @Nullable Parcel underWay;
  private int singly;
  private int failures;
  private boolean diskFull;
  private long retryAt = Long.MIN_VALUE;
  private @Nullable String why;

  Spill(
      QueueGateway gateway,
      Settlement settlement,
      Backoff backoff,
      LongSupplier nanos,
      int maxAppendBytes,
      Numbers numbers,
      Stored stored) {
    this.gateway = gateway;
    this.settlement = settlement;
    this.backoff = backoff;
    this.nanos = nanos;
    this.maxAppendBytes = maxAppendBytes;
    this.numbers = numbers;
    this.stored = stored;
  }

  /** Items that wait for their append; what is added goes to disk. */
  SliceBuffer buffer() {
    return buffer;
  }

  boolean isIdle() {
    return buffer.isEmpty() && underWay == null;
  }

  /** Whether the last append failed because the file system has no room. */
  boolean isDiskFull() {
    return diskFull;
  }

  /** Whether the items that wait may as well be sent, for the disk does not take them. */
  boolean canBeSent() {
    return failures > 0 && underWay == null && !buffer.isEmpty();
  }

  /** What is wrong with the disk, for people; null when nothing is. */
  @Nullable String why() {
    return why;
  }

  /**
   * Begins the next append where one is due.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (underWay != null || buffer.isEmpty()) {
      return Mailbox.NEVER;
    }
    if (now < retryAt) {
      return retryAt;
    }
    if (numbers.areUsed()) {
      renumberWhatIsTaken();
    }
    int maxItems = singly > 0 ? 1 : MAX_APPEND_ITEMS;
    Parcel parcel = buffer.takeRun(maxItems, maxAppendBytes);
    if (parcel != null) {
      singly = Math.max(singly - 1, 0);
      underWay = parcel;
      gateway.append(parcel, maxAppendBytes, result -> appended(parcel, result));
    }
    return Mailbox.NEVER;
  }

  /** An append that failed took its numbers with it; what waits must not be older than these. */
  private void renumberWhatIsTaken() {
    QueueStatistics queue = gateway.statistics();
    if (queue != null && buffer.firstSequence() < queue.nextSequence()) {
      numbers.continueFrom(queue.nextSequence());
      buffer.renumber(numbers);
    }
  }

  /** Has the next append tried at once, though the last has failed. */
  void hurry() {
    retryAt = Long.MIN_VALUE;
  }

  /** Puts items back in front of all that is younger. */
  void putBack(Parcel parcel) {
    if (numbers.areUsed()) {
      buffer.addInOrder(parcel);
    } else {
      buffer.addFirst(parcel);
    }
  }

  /** Gives back to the sources what is not on disk; the append under way no longer counts. */
  void giveBack() {
    Parcel last = underWay;
    if (last != null) {
      underWay = null;
      settlement.givenBack(last);
    }
    Parcel rest = buffer.take(Integer.MAX_VALUE, Long.MAX_VALUE);
    if (rest != null) {
      settlement.givenBack(rest);
    }
  }

  private void appended(Parcel parcel, QueueGateway.Appended result) {
    if (underWay != parcel) {
      return;
    }
    underWay = null;
    Parcel part = parcel;
    if (result.count() < parcel.items()) {
      part = parcel.first(result.count());
      buffer.addFirst(parcel.rest(result.count()));
    }
    if (result instanceof QueueGateway.Appended.Stored) {
      failures = 0;
      diskFull = false;
      why = null;
      settlement.stored(part);
      stored.onStored(part);
    } else if (result instanceof QueueGateway.Appended.Refused refused) {
      refused(part, refused.reason());
    } else if (result instanceof QueueGateway.Appended.Failed failed) {
      buffer.addFirst(part);
      failures++;
      retryAt = nanos.getAsLong() + backoff.nanos(failures);
      diskFull =
          failed.cause() instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL;
      why = "the queue cannot be written: " + failed.cause().getMessage();
    }
  }

  private void refused(Parcel part, DropReason reason) {
    if (reason == DropReason.TOO_LARGE && part.items() > 1) {
      // One of them is larger than was guessed: only that one is to be dropped.
      singly = part.items();
      buffer.addFirst(part);
    } else {
      settlement.dropped(part, reason.name().toLowerCase(Locale.ROOT));
    }
  }
}
