package io.forebay.destination.collector;

import io.forebay.core.component.Numbering;
import java.util.OptionalLong;

/**
 * What is to be done with a batch, given where the receiver stands.
 *
 * <p>No gap is ever told over numbers that may still come: the receiver would drop those as
 * duplicates.
 */
sealed interface WindowPlan {

  /** The receiver has all of it. */
  record Settled() implements WindowPlan {}

  /** The receiver has numbers that were never sent from here: the identity is not ours alone. */
  record Foreign(long next) implements WindowPlan {}

  /** The batch before it is neither safe nor on its way. */
  record OutOfTurn() implements WindowPlan {}

  /**
   * A window to be sent.
   *
   * @param continuesFrom what the message says under this name
   * @param from events below it are left out, since the receiver has them
   * @param untold gaps are told from this number on
   * @param skippedToo whether a gap before the first event is told where it is no truncation
   */
  record Send(OptionalLong continuesFrom, long from, long untold, boolean skippedToo)
      implements WindowPlan {}

  /**
   * @param standing the receiver's cursor; empty when it knows nothing of us
   * @param underWayEnd the number after the last window that is on its way; 0 when none is
   * @param sentBelow no number at or above it was sent, in this run or an earlier one
   * @param answered the highest cursor that any connection of this process was answered
   */
  static WindowPlan of(
      Numbering numbering, OptionalLong standing, long underWayEnd, long sentBelow, long answered) {
    // A cursor is unsigned on the wire: what does not fit here is above all that was sent.
    if (standing.isPresent() && Long.compareUnsigned(standing.getAsLong(), sentBelow) > 0) {
      return new Foreign(standing.getAsLong());
    }
    long known = standing.orElse(0);
    if (standing.isPresent() && known >= numbering.end()) {
      return new Settled();
    }
    OptionalLong after = numbering.after();
    if (after.isPresent()) {
      long next = after.getAsLong() + 1;
      if (next > Math.max(known, underWayEnd)) {
        return new OutOfTurn();
      }
      long continues = Math.max(next, known);
      return new Send(OptionalLong.of(continues), known, continues, true);
    }
    if (standing.isPresent()) {
      return new Send(standing, known, known, true);
    }
    return new Send(OptionalLong.empty(), 0, Math.min(answered, numbering.first()), false);
  }
}
