package io.forebay.queue.broken;

import io.forebay.core.item.ByteSlice;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class QueueKnowsItems {
  public ByteSlice item = ByteSlice.EMPTY;
}
