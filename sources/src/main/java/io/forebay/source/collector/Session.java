package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import io.forebay.source.net.BatchIntake;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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

  private static final long MAX_UNTAKEN_BYTES = 1 << 20;

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
  private final Course course;
  private final Outbox outbox;
  private final Windows windows = new Windows();
  private final List<Question> questions = new ArrayList<>();
  private long durable;
  private boolean saving;
  private boolean saveFailed;
  private boolean saveDue;
  private int users;
  private boolean retired;

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
    this.durable = durable.orElse(Course.UNKNOWN);
    this.course = new Course(shared, agentId, epoch, this.durable);
    this.outbox = new Outbox(shared.intake(), this);
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
            && course.isSettled()
            && !saving
            && !course.isAheadOf(durable);
    return retired;
  }

  /**
   * Begins a window if its place has come. One that is early is {@linkplain Window#resume resumed}
   * whenever that may have changed, and asks again.
   *
   * @param message the window's first
   */
  synchronized Windows.Entry enter(Window window, WindowMessage message) {
    saveFailed = false;
    return windows.enter(window, message, course);
  }

  /** For people: the number from which on something is missing. */
  synchronized String receivedText() {
    long received = course.received();
    return received == Course.UNKNOWN ? "nothing" : "everything below " + received;
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
    if (windows.contains(window)) {
      course.take(window, message, bytes);
      windows.wakeEarly();
    } else {
      shared.budget().release(bytes);
    }
    return course.isGroupFull();
  }

  /** Puts what has come together on its way. Runs the pipeline where that takes batches at once. */
  void flush() {
    synchronized (this) {
      Piece piece = course.cut();
      if (piece == null) {
        return;
      }
      if (piece.state() == Piece.State.UNDER_WAY) {
        outbox.add(piece);
      }
      settle();
    }
    outbox.drain();
    changed.accept(this);
  }

  /** The pipeline has been offered a piece. */
  synchronized void offered(Piece piece, BatchIntake.Offer offer) {
    piece.offered(offer);
  }

  /** The pipeline has taken a piece. */
  void taken(Piece piece) {
    shared.pressure().flowed();
    synchronized (this) {
      course.taken(piece);
      windows.resumeAll();
    }
  }

  /** Whether more messages are wanted; when not, {@link Window#resume} tells when they are. */
  synchronized boolean hasRoom() {
    return course.untakenBytes() < MAX_UNTAKEN_BYTES;
  }

  /** A piece was acknowledged, or was not. */
  void ended(Piece piece, boolean isSafe) {
    synchronized (this) {
      piece.state(isSafe ? Piece.State.SAFE : Piece.State.FAILED);
      shared.budget().release(piece.bytes());
      course.taken(piece);
      settle();
      if (!isSafe && !course.isBroken()) {
        course.breakUp();
        windows.endFrom(
            course.safe(),
            shared.pressure().isStopping()
                ? Faults.stopping()
                : Faults.outOfStep(
                    "the events from "
                        + course.safe()
                        + " on could not be made safe; ask HealthCheck"));
      }
      if (course.mend()) {
        settle();
      }
    }
    changed.accept(this);
  }

  /** All of the window has come. */
  synchronized void complete(Window window) {
    window.complete();
    saveFailed = false;
    windows.wakeEarly();
    settle();
  }

  /** The window ends without an answer. What it brought stays under way. */
  synchronized void leave(Window window) {
    windows.remove(window);
    windows.wakeEarly();
    settle();
  }

  /**
   * Answers the durable cursor once nothing is under way that would move it. Who does not want to
   * wait any longer takes {@link #forget} and {@link #durable}.
   */
  synchronized void ask(Question question) {
    questions.add(question);
    saveFailed = false;
    settle();
  }

  synchronized void forget(Question question) {
    questions.remove(question);
  }

  /** The durable cursor; empty when there is none. */
  synchronized OptionalLong durable() {
    return durable == Course.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(durable);
  }

  /** Whether something failed and is not over yet, so that no window would be taken. */
  synchronized boolean isBroken() {
    return course.isBroken();
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
      if (!course.isBroken()) {
        course.withdraw();
        windows.endFrom(course.received(), fault);
      }
      settle();
    }
    changed.accept(this);
  }

  /** Moves the cursors, saves where somebody waits for that, and answers. */
  private void settle() {
    course.advance();
    if (!saving && !saveFailed && isSaveDue()) {
      saving = true;
      long cursor = course.safe();
      shared
          .store()
          .save(new CursorRecord(agentId, epoch, cursor), failure -> saved(cursor, failure));
    }
    windows.answer(durable);
    if (!saving && course.isSettled()) {
      List<Question> settled = List.copyOf(questions);
      questions.clear();
      settled.forEach(question -> question.settled(durable()));
    }
  }

  /** Not before somebody waits for it, or nobody is left who could: a sync costs. */
  private boolean isSaveDue() {
    return windows.isSaveDue(course.safe(), durable)
        || (course.isAheadOf(durable) && (saveDue || windows.isEmpty() || !questions.isEmpty()));
  }

  private void saved(long cursor, @Nullable String failure) {
    synchronized (this) {
      saving = false;
      if (failure == null) {
        durable = cursor;
      } else {
        saveFailed = true;
        windows.endUnsaved(course.safe(), Faults.unavailable(failure));
      }
      settle();
    }
    changed.accept(this);
  }
}
