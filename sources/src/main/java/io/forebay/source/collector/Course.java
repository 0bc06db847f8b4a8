package io.forebay.source.collector;

import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.item.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one agent and epoch from their receipt to their acknowledgement, and the two
 * cursors that move over them. Guarded by its {@link Session}.
 */
final class Course {

  static final long UNKNOWN = -1;

  private static final int GROUP_EVENTS = 1024;
  private static final long GROUP_BYTES = 256 << 10;

  private final Reception shared;
  private final String agentId;
  private final long epoch;
  // Where the numbers began, when the disk knows none of them.
  private long floor = UNKNOWN;
  private long safe;
  private long received;
  private boolean broken;
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  // What came lately and is not on its way yet, so that many small messages make one batch.
  private List<Item> group = new ArrayList<>();
  private long groupStart = UNKNOWN;
  private long groupBytes;
  private long untakenBytes;

  /**
   * @param cursor the durable one, or {@link #UNKNOWN}
   */
  Course(Reception shared, String agentId, long epoch, long cursor) {
    this.shared = shared;
    this.agentId = agentId;
    this.epoch = epoch;
    this.safe = cursor;
    this.received = cursor;
  }

  /** The number from which on nothing has come; {@link #UNKNOWN} before the first window. */
  long received() {
    return received;
  }

  /** The number from which on something is not acknowledged. */
  long safe() {
    return safe;
  }

  /** Whether something failed and events behind it are still under way. */
  boolean isBroken() {
    return broken;
  }

  /** The first window of an agent of which nothing is known begins. */
  void begin(long start) {
    floor = start;
    safe = start;
    received = start;
  }

  /** Whether something is safe that is not durable. */
  boolean isAheadOf(long durable) {
    return safe > Math.max(durable, floor);
  }

  /** Whether everything that came is safe. */
  boolean isSettled() {
    return pieces.isEmpty() && isGroupEmpty();
  }

  /** Whether so much has come together that it should be {@linkplain #cut cut} now. */
  boolean isGroupFull() {
    return groupBytes >= GROUP_BYTES || group.size() >= GROUP_EVENTS;
  }

  /**
   * Takes what is new in a message.
   *
   * @param bytes charged to the budget for the message; belong to the course from now on
   */
  void take(Window window, WindowMessage message, long bytes) {
    if (isGroupEmpty()) {
      groupStart = received;
    }
    takeGaps(window, message);
    if (takeEvents(window, message) == 0) {
      shared.budget().release(bytes);
    } else {
      groupBytes += bytes;
    }
  }

  private void takeGaps(Window window, WindowMessage message) {
    for (int i = 0; i < message.gapCount(); i++) {
      WindowMessage.Gap gap = message.gap(i);
      if (gap.last() >= received) {
        if (gap.reason() == GapReason.GAP_REASON_TRUNCATED) {
          long first = Math.max(gap.first(), received);
          shared.truncations().told(agentId, epoch, first, gap.last());
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
        group.add(shared.items().of(message.line(i)));
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

  /** Makes a piece of what has come together; null when that is nothing. */
  @Nullable Piece cut() {
    if (isGroupEmpty()) {
      return null;
    }
    Piece piece = new Piece(groupStart, received, group, groupBytes);
    clearGroup();
    pieces.add(piece);
    untakenBytes += piece.bytes();
    return piece;
  }

  /** Moves {@code safe} over what was acknowledged. */
  void advance() {
    for (Piece first = pieces.peek();
        first != null && first.state() == Piece.State.SAFE;
        first = pieces.peek()) {
      safe = first.end();
      pieces.remove();
    }
  }

  /** A piece has failed: nothing behind it can become safe any more. */
  void breakUp() {
    broken = true;
    withdraw();
  }

  /**
   * After a failure begins anew behind what is safe, once nothing is under way that the events sent
   * again could overtake.
   *
   * @return whether it did
   */
  boolean mend() {
    boolean over =
        broken && pieces.stream().noneMatch(piece -> piece.state() == Piece.State.UNDER_WAY);
    if (over) {
      pieces.clear();
      received = safe;
      broken = false;
    }
    return over;
  }

  /** Takes back what the pipeline does not have yet, from the newest on. */
  void withdraw() {
    if (!isGroupEmpty()) {
      received = groupStart;
      shared.budget().release(groupBytes);
      clearGroup();
    }
    for (Piece last = pieces.peekLast();
        last != null && (last.items().isEmpty() || last.withdraw());
        last = pieces.peekLast()) {
      pieces.removeLast();
      received = last.start();
      if (!last.items().isEmpty()) {
        shared.budget().release(last.bytes());
        taken(last);
      }
    }
  }

  /** The pipeline has the piece, or will never have it. */
  void taken(Piece piece) {
    if (piece.leave()) {
      untakenBytes -= piece.bytes();
    }
  }

  /** Bytes that wait for the pipeline to take them. */
  long untakenBytes() {
    return untakenBytes + groupBytes;
  }

  /** Nothing in it, not even numbers that were told as gaps. */
  private boolean isGroupEmpty() {
    return groupStart == UNKNOWN || groupStart == received;
  }

  private void clearGroup() {
    group = new ArrayList<>();
    groupStart = UNKNOWN;
    groupBytes = 0;
  }
}
