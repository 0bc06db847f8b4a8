package io.forebay.destination.collector;

import java.util.OptionalLong;

/**
 * Where a receiver stands, by its own word.
 *
 * @param epoch the numbering that it was asked about
 * @param next every number below it is safe there; empty when the receiver knows nothing of us
 * @param maxMessageBytes encoded bytes of one message that it takes at most
 */
record Standing(long epoch, OptionalLong next, int maxMessageBytes) {

  /** After it has answered a window. */
  Standing answered(long nextSequence) {
    long known = next.orElse(0);
    return nextSequence <= known && next.isPresent()
        ? this
        : new Standing(epoch, OptionalLong.of(Math.max(known, nextSequence)), maxMessageBytes);
  }
}
