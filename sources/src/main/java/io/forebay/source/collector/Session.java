package io.forebay.source.collector;

import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.source.collector.Faults.Fault;
import io.forebay.source.net.BatchIntake;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is under way of one agent and epoch. Three cursors rise from {@code durable} over {@code
 * safe} to {@code received}:
 *
 * <ul>
 *   <li>below {@code received} every event was handed on, in order and once; what arrives again is
 *       a duplicate, whether its first coming is acknowledged yet or not;
 *   <li>below {@code safe} every event was acknowledged;
 *   <li>below {@code durable} the disk knows it. Only this one is told to the agent.
 * </ul>
 *
 * <p>So a stream that breaks costs nothing: what it brought stays under way, moves the cursors when
 * it is acknowledged, and is a duplicate when it is sent again. Only a share that fails makes
 * {@code received} fall back to {@code safe}, once nothing is under way any more that the events
 * sent again could overtake; every window that was built upon it is ended.
 *
 * <p>Thread safe. Windows and questions are called back on any thread, under the session's lock,
 * and must only schedule their work.
 */
final class Session {

  private static final int GROUP_EVENTS = 1024;
  private static final long GROUP_BYTES = 256 << 10;
  private static final long MAX_UNTAKEN_BYTES = 1 << 20;
  private static final long UNKNOWN = -1;

  /** Whether a window begins now. */
  enum Entry {
    TAKEN,
    /** The window before it is still coming. */
    EARLY,
    /** Events before it are missing, and nothing brings them. */
    OUT_OF_STEP,
    /** What failed before is still under way. */
    UNWELL
  }

  /** Waits for what is under way; hears as {@link Window.Call} does. */
  interface Question {
    /**
     * @param cursor the durable one; empty when there is none
     */
    void settled(OptionalLong cursor);
  }

  private final Reception shared;
  private final String agentId;
  private final long epoch;
  private final Consumer<Session> changed;

  private long durable;
  // Where the numbers began, when the disk knows none of them.
  private long floor = UNKNOWN;
  private long safe;
  private long received;
  private boolean saving;
  private boolean saveFailed;
  private boolean saveDue;
  private boolean broken;
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private Group group = new Group();
  private long untakenBytes;
  private final List<Window> windows = new ArrayList<>();
  private final List<Window> early = new ArrayList<>();
  private final List<Question> questions = new ArrayList<>();
  private int users;
  private boolean retired;

  private final Queue<Piece> outbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger offering = new AtomicInteger();

  /**
   * @param durable the cursor on disk
   * @param changed told when the session may be {@linkplain #retire retired}
   */
  Session(
      Reception shared,
      String agentId,
      long epoch,
      OptionalLong durable,
      Consumer<Session> changed) {
    this.shared = shared;
    this.agentId = agentId;
    this.epoch = epoch;
    this.durable = durable.orElse(UNKNOWN);
    this.safe = this.durable;
    this.received = this.durable;
    this.changed = changed;
  }

  /** Keeps the session for somebody; false when it is retired. */
  synchronized boolean use() {
    users += retired ? 0 : 1;
    return !retired;
  }

  /** Ends one {@link #use}. */
  void release() {
    synchronized (this) {
      users--;
    }
    changed.accept(this);
  }

  /** Ends the session if nobody needs it and the disk knows all of it. */
  synchronized boolean retire() {
    retired |=
        users == 0
            && windows.isEmpty()
            && questions.isEmpty()
            && pieces.isEmpty()
            && group.isEmpty()
            && !saving
            && !hasMoved();
    return retired;
  }

  /**
   * Begins a window if its place has come. One that is early is {@linkplain Window#resume resumed}
   * whenever that may have changed, and asks again.
   *
   * @param message the window's first
   */
  synchronized Entry enter(Window window, WindowMessage message) {
    early.remove(window);
    if (broken) {
      return Entry.UNWELL;
    }
    boolean continues = message.continues() && message.continuesFrom() > 0;
    long start = continues ? message.continuesFrom() : Math.max(0, message.firstNumber());
    // Without continues_from nothing came before: the window may begin anywhere, save beyond one
    // that is still coming.
    if (received == UNKNOWN ? continues : start > received) {
      if (windows.stream().anyMatch(other -> !other.isComplete())) {
        early.add(window);
        return Entry.EARLY;
      }
      if (continues) {
        early.add(window);
        return Entry.OUT_OF_STEP;
      }
    }
    if (received == UNKNOWN) {
      floor = start;
      safe = start;
      received = start;
    }
    windows.add(window);
    window.covers(continues ? start : 0);
    saveFailed = false;
    return Entry.TAKEN;
  }

  /** For people: the number from which on something is missing. */
  synchronized String receivedText() {
    return received == UNKNOWN ? "nothing" : "everything below " + received;
  }

  /**
   * Takes a message of a window that was entered: what is new in it goes on its way. Messages of a
   * window that was ended meanwhile are passed over.
   *
   * @param bytes charged to the budget for the message; the session's from now on
   * @return whether so much has come together that it should be {@linkplain #flush flushed} now;
   *     otherwise a flush is to follow soon
   */
  synchronized boolean take(Window window, WindowMessage message, long bytes) {
    int fresh = 0;
    if (windows.contains(window)) {
      group.begin(received);
      takeGaps(window, message);
      fresh = takeEvents(window, message);
      group.end(received);
    }
    if (fresh == 0) {
      shared.budget().release(bytes);
    } else {
      group.bytes += bytes;
    }
    wakeEarly();
    return group.bytes >= GROUP_BYTES || group.items.size() >= GROUP_EVENTS;
  }

  private void takeGaps(Window window, WindowMessage message) {
    for (int i = 0; i < message.gapCount(); i++) {
      WindowMessage.Gap gap = message.gap(i);
      if (gap.last() >= received) {
        if (gap.reason() == GapReason.GAP_REASON_TRUNCATED) {
          shared.truncations().told(agentId, epoch, Math.max(gap.first(), received), gap.last());
        }
        received = gap.last() + 1;
      }
      window.covers(gap.last() + 1);
    }
  }

  private int takeEvents(Window window, WindowMessage message) {
    int count = message.eventCount();
    int fresh = 0;
    for (int i = 0; i < count; i++) {
      long sequence = message.sequence(i);
      if (sequence >= received) {
        group.items.add(shared.items().of(message.line(i)));
        received = sequence + 1;
        fresh++;
      }
    }
    if (count > 0) {
      window.covers(message.sequence(count - 1) + 1);
    }
    if (fresh < count) {
      window.duplicates(count - fresh);
      shared.listener().onEvent("duplicate", count - fresh);
    }
    return fresh;
  }

  /** Puts what has come together on its way. Runs the pipeline where that takes batches at once. */
  void flush() {
    synchronized (this) {
      if (group.isEmpty()) {
        return;
      }
      Piece piece = new Piece(group.start, group.end, group.items, group.bytes);
      group = new Group();
      pieces.add(piece);
      if (piece.state() == Piece.State.UNDER_WAY) {
        untakenBytes += piece.bytes();
        outbox.add(piece);
      }
      settle();
    }
    offer();
    changed.accept(this);
  }

  /** In the order of the numbers, and without the lock: the pipeline may run in it. */
  private void offer() {
    if (offering.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Piece piece = outbox.poll(); piece != null; piece = outbox.poll()) {
        offer(piece);
      }
      missed = offering.addAndGet(-missed);
    } while (missed != 0);
  }

  private void offer(Piece piece) {
    synchronized (this) {
      if (piece.state() != Piece.State.UNDER_WAY) {
        return;
      }
    }
    Acknowledgement share = Acknowledgement.awaited(isSafe -> ended(piece, isSafe));
    BatchIntake.Offer offer =
        shared.intake().offer(List.of(Batch.of(piece.items(), share)), () -> taken(piece));
    synchronized (this) {
      piece.offered(offer);
    }
  }

  private void taken(Piece piece) {
    shared.pressure().flowed();
    synchronized (this) {
      untakenBytes -= piece.bytes();
      windows.forEach(Window::resume);
    }
  }

  /** Whether more messages are wanted; when not, {@link Window#resume} tells when they are. */
  synchronized boolean hasRoom() {
    return untakenBytes < MAX_UNTAKEN_BYTES;
  }

  private void ended(Piece piece, boolean isSafe) {
    synchronized (this) {
      piece.state(isSafe ? Piece.State.SAFE : Piece.State.FAILED);
      shared.budget().release(piece.bytes());
      settle();
      if (!isSafe && !broken) {
        broken = true;
        endFrom(
            shared.pressure().isStopping()
                ? Faults.stopping()
                : Faults.outOfStep(
                    "the events from " + safe + " on could not be made safe; ask HealthCheck"));
        withdraw();
      }
      mend();
    }
    changed.accept(this);
  }

  /** All of the window has come. */
  void complete(Window window) {
    synchronized (this) {
      window.complete();
      saveFailed = false;
      wakeEarly();
      settle();
    }
  }

  /** The window ends without an answer. What it brought stays under way. */
  synchronized void leave(Window window) {
    early.remove(window);
    if (windows.remove(window)) {
      wakeEarly();
      settle();
    }
  }

  /**
   * Answers the durable cursor once nothing is under way that would move it; empty when there is
   * none. Who does not want to wait any longer takes {@link #forget} and {@link #durable}.
   */
  synchronized void ask(Question question) {
    questions.add(question);
    saveFailed = false;
    settle();
  }

  synchronized void forget(Question question) {
    questions.remove(question);
  }

  synchronized OptionalLong durable() {
    return durable == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(durable);
  }

  /** Whether something failed and is not over yet, so that no window would be taken. */
  synchronized boolean isBroken() {
    return broken;
  }

  /** Saves what was acknowledged, whether somebody waits for it or not. */
  synchronized void save() {
    saveFailed = false;
    saveDue = true;
    settle();
  }

  /** Takes back what the pipeline does not take, and ends the windows that need it. */
  void cutBack(Fault fault) {
    synchronized (this) {
      withdraw();
      endFrom(fault);
      mend();
    }
    changed.accept(this);
  }

  /** From the newest on, as far as the pipeline does not have it. */
  private void withdraw() {
    if (!group.isEmpty()) {
      received = group.start;
      shared.budget().release(group.bytes);
      group = new Group();
    }
    for (Piece last = pieces.peekLast();
        last != null && (last.items().isEmpty() || last.withdraw());
        last = pieces.peekLast()) {
      pieces.removeLast();
      received = last.start();
      if (!last.items().isEmpty()) {
        untakenBytes -= last.bytes();
        shared.budget().release(last.bytes());
      }
    }
  }

  /** Ends every window of which something is not received, or will not become safe. */
  private void endFrom(Fault fault) {
    long kept = broken ? safe : received;
    for (Iterator<Window> each = windows.iterator(); each.hasNext(); ) {
      Window window = each.next();
      if (!window.isComplete() || window.end() > kept) {
        each.remove();
        window.failed(fault);
      }
    }
    wakeEarly();
  }

  /** After a failure: begins anew behind what is safe once nothing is under way. */
  private void mend() {
    if (broken && pieces.stream().noneMatch(piece -> piece.state() == Piece.State.UNDER_WAY)) {
      pieces.clear();
      received = safe;
      broken = false;
      settle();
    }
  }

  /** Moves the cursors, saves where somebody waits for that, and answers. */
  private void settle() {
    for (Piece first = pieces.peek();
        first != null && first.state() == Piece.State.SAFE;
        first = pieces.peek()) {
      safe = first.end();
      pieces.remove();
    }
    if (!saving && !saveFailed && safe > durable && isSaveDue()) {
      saving = true;
      long cursor = safe;
      shared
          .store()
          .save(new CursorRecord(agentId, epoch, cursor), failure -> saved(cursor, failure));
    }
    for (Iterator<Window> each = windows.iterator(); each.hasNext(); ) {
      Window window = each.next();
      if (window.isComplete() && window.end() <= durable) {
        each.remove();
        window.answered(durable);
      }
    }
    if (!saving && !broken && pieces.isEmpty() && group.isEmpty()) {
      List<Question> settled = List.copyOf(questions);
      questions.clear();
      settled.forEach(question -> question.settled(durable()));
    }
  }

  /** Whether something is safe of which the disk does not know. */
  private boolean hasMoved() {
    return safe > Math.max(durable, floor);
  }

  /** Not before somebody waits for it, or nobody is left who could: a sync costs. */
  private boolean isSaveDue() {
    if (hasMoved() && (saveDue || windows.isEmpty() || !questions.isEmpty())) {
      return true;
    }
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (window.isComplete() && window.end() <= safe && window.end() > durable) {
        return true;
      }
    }
    return false;
  }

  private void saved(long cursor, @Nullable String failure) {
    synchronized (this) {
      saving = false;
      if (failure == null) {
        durable = cursor;
      } else {
        saveFailed = true;
        for (Iterator<Window> each = windows.iterator(); each.hasNext(); ) {
          Window window = each.next();
          if (window.isComplete() && window.end() <= safe) {
            each.remove();
            window.failed(Faults.unavailable(failure));
          }
        }
      }
      settle();
    }
    changed.accept(this);
  }

  private void wakeEarly() {
    if (!early.isEmpty()) {
      List<Window> woken = List.copyOf(early);
      woken.forEach(Window::resume);
    }
  }

  /** What came lately and is not on its way yet: so that many small messages make one batch. */
  private static final class Group {
    private final List<Item> items = new ArrayList<>();
    private long start = UNKNOWN;
    private long end = UNKNOWN;
    private long bytes;

    void begin(long received) {
      if (isEmpty()) {
        start = received;
        end = received;
      }
    }

    void end(long received) {
      end = received;
    }

    /** Nothing in it, not even numbers that were told as gaps. */
    boolean isEmpty() {
      return start == end;
    }
  }
}
