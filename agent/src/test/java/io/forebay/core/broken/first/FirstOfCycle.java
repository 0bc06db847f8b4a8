package io.forebay.core.broken.first;

import io.forebay.core.broken.second.SecondOfCycle;
import org.jspecify.annotations.Nullable;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class FirstOfCycle {
  public @Nullable SecondOfCycle other;
}
