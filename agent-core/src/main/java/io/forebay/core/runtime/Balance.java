package io.forebay.core.runtime;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * One equation of the books: what came into a node, less what became of it, is what is under way in
 * it. That is never below zero, and does not stay above it while nothing moves. Not thread safe.
 */
final class Balance {

  /** Looks at which nothing has moved before what is left counts as lost. */
  static final int QUIET_LOOKS = 10;

  /** Looks at which more has left than came before that counts as true. */
  private static final int NEGATIVE_LOOKS = 2;

  private final String equation;
  private final LongSupplier underWay;
  private final LongSupplier movement;
  private final BooleanSupplier heldUp;
  private long last;
  private long lastMovement;
  private int looks;

  /**
   * @param equation in words, for the log
   * @param underWay items that came and have not left; it reads first what has left, so that it is
   *     not below zero because of what happens in between
   * @param movement a number that changes when anything comes or leaves
   * @param heldUp whether what is under way has a reason to stay
   */
  Balance(String equation, LongSupplier underWay, LongSupplier movement, BooleanSupplier heldUp) {
    this.equation = equation;
    this.underWay = underWay;
    this.movement = movement;
    this.heldUp = heldUp;
  }

  /** An equation that holds at every moment. */
  static Balance exact(String equation, LongSupplier difference) {
    return new Balance(
        equation,
        () -> {
          long items = difference.getAsLong();
          return items == 0 ? 0 : -Math.abs(items);
        },
        () -> 0,
        () -> false);
  }

  String equation() {
    return equation;
  }

  /**
   * Looks once; to be called about once a second.
   *
   * @return items that are not accounted for, for sure; 0 while all is well or may be
   */
  long look() {
    long moved = movement.getAsLong();
    long now = underWay.getAsLong();
    boolean same = now < 0 ? last < 0 : now == last && moved == lastMovement && !isHeldUp();
    looks = now == 0 ? 0 : same ? looks + 1 : 1;
    last = now;
    lastMovement = moved;
    return looks >= (now < 0 ? NEGATIVE_LOOKS : QUIET_LOOKS) ? Math.abs(now) : 0;
  }

  private boolean isHeldUp() {
    return heldUp.getAsBoolean();
  }
}
