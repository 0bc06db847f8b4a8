package io.forebay.source.collector;

import io.forebay.core.item.Item;
import io.forebay.source.net.BatchIntake;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of one session that follow one another and go into the pipeline as one batch. Guarded by
 * the session.
 */
final class Piece {

  enum State {
    /** Somewhere between the session and its acknowledgement. */
    UNDER_WAY,
    SAFE,
    FAILED,
    /** Taken back before the pipeline had it. */
    WITHDRAWN
  }

  private final long start;
  private final long end;
  private final List<Item> items;
  private final long bytes;
  private State state;
  private boolean left;
  private BatchIntake.@Nullable Offer offer;

  /**
   * @param start every number below it belongs to the pieces before
   * @param end the number after the last, gaps included
   * @param bytes charged to the budget
   */
  Piece(long start, long end, List<Item> items, long bytes) {
    this.start = start;
    this.end = end;
    this.items = items;
    this.bytes = bytes;
    this.state = items.isEmpty() ? State.SAFE : State.UNDER_WAY;
  }

  long start() {
    return start;
  }

  long end() {
    return end;
  }

  List<Item> items() {
    return items;
  }

  long bytes() {
    return bytes;
  }

  State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  /** It does not wait for the pipeline any more; true the first time. */
  boolean leave() {
    boolean first = !left;
    left = true;
    return first;
  }

  void offered(BatchIntake.Offer made) {
    offer = made;
  }

  /** Takes it back if the pipeline does not have it yet. */
  boolean withdraw() {
    BatchIntake.Offer made = offer;
    boolean mine = state == State.UNDER_WAY && made != null && made.withdraw();
    if (mine) {
      state = State.WITHDRAWN;
    }
    return mine;
  }
}
