package io.forebay.core.delivery;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what is sent next, whenever a worker is idle and the receiver is to be bothered. On the
 * loop only.
 */
final class Dispatch {

  /** Enough to learn whether a receiver that refused us has changed its mind. */
  private static final int PROBE_ITEMS = 16;

  /** Each probe that fails makes the wait for the next longer. */
  private static final int ENOUGH_TO_TAKE_TURNS = 4;

  private final Limits limits;
  private final Health health;
  private final BatchBounds bounds;
  private final DrainLimiter limiter;
  private final Sender sender;
  private final SliceBuffer direct;
  private final MemoryGauge gauge;
  private final Spill spill;
  private final Backlog backlog;
  private final RetryList retries;
  private final DeadLetters deadLetters;
  private final Ledger ledger;
  private final Numbers numbers;
  private boolean hurried;
  private boolean inputEnded;
  private boolean memoryFirst;
  private boolean freshIsNext;
  private long wakeAt;
  private long lastOfBacklog;

  Dispatch(
      Limits limits,
      Health health,
      BatchBounds bounds,
      DrainLimiter limiter,
      Sender sender,
      SliceBuffer direct,
      MemoryGauge gauge,
      Spill spill,
      Backlog backlog,
      RetryList retries,
      DeadLetters deadLetters,
      Ledger ledger,
      Numbers numbers) {
    this.limits = limits;
    this.health = health;
    this.bounds = bounds;
    this.limiter = limiter;
    this.sender = sender;
    this.direct = direct;
    this.gauge = gauge;
    this.spill = spill;
    this.backlog = backlog;
    this.retries = retries;
    this.deadLetters = deadLetters;
    this.ledger = ledger;
    this.numbers = numbers;
  }

  /** From now on incomplete batches wait for nothing, and what is on disk stays there. */
  void hurry() {
    hurried = true;
  }

  /** Whether more may come that incomplete batches should wait for. */
  void inputEnded(boolean ended) {
    inputEnded = ended;
  }

  /**
   * Sends what may be sent.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    wakeAt = Mailbox.NEVER;
    while (health.allows(sender.inFlight() - sender.inOwnSlot()) && deadLettersAllow()) {
      if (now < health.notBefore()) {
        wake(health.notBefore());
        break;
      }
      Parcel parcel = next(now);
      if (parcel == null) {
        break;
      }
      send(parcel, false);
    }
    sendAside(now);
    if (!hurried) {
      boolean recovering = backlog.isRecovering();
      int items = bounds.items(now);
      wake(
          backlog.pump(
              now,
              readAhead(),
              inputEnded,
              backlog.isRecovering() ? Math.min(items, limiter.burst()) : items,
              bounds.bytes(now)));
      lastOfBacklog = recovering ? health.lastRequest() : lastOfBacklog;
    }
    return wakeAt;
  }

  /** Whether some of a backlog has not been delivered yet, though all of it may have been read. */
  boolean drains() {
    return backlog.isRecovering() || retries.hasFailed() || sender.hasOlder(lastOfBacklog);
  }

  private void send(Parcel parcel, boolean inOwnSlot) {
    parcel.request = health.sending();
    parcel.inOwnSlot = inOwnSlot;
    if (numbers.areUsed()) {
      parcel.numbering = numbers.of(parcel, unsettledBelow(parcel.firstSequence()));
    }
    sender.send(parcel);
  }

  /** While the receiver is well, what is set aside has one request at a time beside all others. */
  private void sendAside(long now) {
    Parcel parcel = health.isFailing() || health.isOpen() ? null : retries.nextAside();
    if (parcel == null || sender.inOwnSlot() > 0 || !deadLettersAllow()) {
      return;
    }
    if (parcel.notBefore > now) {
      wake(parcel.notBefore);
      return;
    }
    Parcel part = partOfRetry(parcel, now);
    if (part != null) {
      send(part, true);
    }
  }

  /**
   * The receiver takes what is below a number that it has for delivered: so where items have
   * numbers, nothing follows an item whose dead letter may still be lost.
   */
  private boolean deadLettersAllow() {
    return numbers.areUsed() ? deadLetters.isIdle() : deadLetters.hasRoom();
  }

  private OptionalLong unsettledBelow(long sequence) {
    long last = retries.lastBelow(sequence, sender.lastBelow(sequence, Slice.UNNUMBERED));
    return last == Slice.UNNUMBERED ? OptionalLong.empty() : OptionalLong.of(last);
  }

  private int readAhead() {
    if (!health.isFailing()) {
      return 2;
    }
    boolean room = limits.strict() ? retries.isEmpty() : retries.takesMore(limits.memoryBytes());
    return room ? 1 : 0;
  }

  private @Nullable Parcel next(long now) {
    if (health.isFailing() && !limits.strict()) {
      return probe(now);
    }
    Parcel retry = retries.asideGoesFirst(sender.inOwnSlot() > 0, now) ? null : retry(now);
    return retry != null || (limits.strict() && !retries.isEmpty()) ? retry : fresh(now);
  }

  /**
   * What was never sent takes turns with what failed, so that nothing bad, nor several of them,
   * keeps all others waiting; as long as more of it is read.
   */
  private @Nullable Parcel probe(long now) {
    boolean freshFirst = freshIsNext || retries.size() < ENOUGH_TO_TAKE_TURNS;
    Parcel parcel = freshFirst ? fresh(now) : null;
    freshIsNext = parcel == null;
    parcel = parcel == null ? retry(now) : parcel;
    parcel = parcel == null && !freshFirst ? fresh(now) : parcel;
    return parcel == null ? probeAside(now) : parcel;
  }

  private @Nullable Parcel retry(long now) {
    Parcel parcel = retries.ready(now, limits.strict());
    if (parcel == null) {
      wake(retries.readyAt(limits.strict()));
      return null;
    }
    return partOfRetry(parcel, now);
  }

  /** Where there is nothing else to learn from whether the receiver is well again. */
  private @Nullable Parcel probeAside(long now) {
    Parcel parcel = retries.nextAside();
    boolean nothingElse =
        retries.size() == 0 && backlog.hasCaughtUp() && direct.isEmpty() && spill.isIdle();
    boolean alone = nothingElse && sender.inOwnSlot() == 0;
    return parcel == null || !alone ? null : partOfRetry(parcel, now);
  }

  private @Nullable Parcel partOfRetry(Parcel parcel, long now) {
    Parcel first = parcel.isLeased() ? admitted(parcel, now) : parcel;
    if (first == null) {
      return null;
    }
    boolean inPieces = limits.strict() || retries.takesPiece(parcel);
    int maxItems = inPieces ? bounds.itemsAgain(now) : bounds.items(now);
    Parcel part = small(fitting(first, maxItems, now));
    retries.replace(parcel, parcel.items() > part.items() ? parcel.rest(part.items()) : null);
    return part;
  }

  private @Nullable Parcel fresh(long now) {
    if (limits.strict()) {
      return ledger.queuedItems() > 0 ? fromBacklog(now) : fromMemory(now);
    }
    Parcel parcel = memoryFirst ? fromMemory(now) : fromBacklog(now);
    if (parcel == null) {
      parcel = memoryFirst ? fromBacklog(now) : fromMemory(now);
    }
    if (parcel != null) {
      memoryFirst = parcel.isLeased();
    }
    return parcel;
  }

  private @Nullable Parcel fromBacklog(long now) {
    Parcel parcel = backlog.peek();
    if (parcel == null || hurried) {
      return null;
    }
    Parcel first = admitted(parcel, now);
    if (first == null) {
      return null;
    }
    Parcel part = small(fitting(first, bounds.items(now), now));
    backlog.took(parcel.items() > part.items() ? parcel.rest(part.items()) : null);
    return part;
  }

  /** The parcel, cut to what the drain rate lets out at once; null while it lets nothing out. */
  private @Nullable Parcel admitted(Parcel parcel, long now) {
    if (!backlog.isRecovering()) {
      return parcel;
    }
    Parcel part = cut(parcel, limiter.burst());
    long readyAt = limiter.readyAt(part.items(), now);
    if (readyAt > now) {
      wake(readyAt);
      return null;
    }
    limiter.take(health.isPaused() ? Math.min(part.items(), PROBE_ITEMS) : part.items());
    return part;
  }

  private @Nullable Parcel fromMemory(long now) {
    SliceBuffer source = spill.canBeSent() ? spill.buffer() : direct;
    if (source.isEmpty() || !numbers.mayBeShown()) {
      return null;
    }
    int maxItems = bounds.items(now);
    long maxBytes = bounds.bytes(now);
    boolean due =
        source != direct
            || hurried
            || inputEnded
            || direct.items() >= maxItems
            || direct.bytes() >= maxBytes
            || direct.hasAwaited()
            // Sources wait, or data goes to disk, for want of room that the batch would make.
            || gauge.isHigh();
    long lingerUntil = due ? now : limits.lingerUntil(direct.oldestNanos(), direct.newestNanos());
    if (lingerUntil > now) {
      wake(lingerUntil);
      return null;
    }
    return source.take(health.isPaused() ? Math.min(maxItems, PROBE_ITEMS) : maxItems, maxBytes);
  }

  /** What was put together when requests were larger is cut to what they may hold now. */
  private Parcel fitting(Parcel parcel, int maxOfAll, long now) {
    double share = (double) bounds.bytes(now) / Math.max(parcel.bytes(), 1);
    // Nothing is cut for a few bytes: sizes of items are estimates.
    int maxItems = share >= 0.75 ? parcel.items() : (int) Math.max(parcel.items() * share, 1);
    return cut(parcel, Math.min(maxItems, maxOfAll));
  }

  private Parcel small(Parcel parcel) {
    return health.isPaused() ? cut(parcel, PROBE_ITEMS) : parcel;
  }

  private static Parcel cut(Parcel parcel, int maxItems) {
    return parcel.items() > maxItems ? parcel.first(maxItems) : parcel;
  }

  private void wake(long at) {
    wakeAt = Math.min(wakeAt, at);
  }
}
