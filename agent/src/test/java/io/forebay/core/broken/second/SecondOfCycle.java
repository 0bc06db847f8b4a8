package io.forebay.core.broken.second;

import io.forebay.core.broken.first.FirstOfCycle;
import org.jspecify.annotations.Nullable;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class SecondOfCycle {
  public @Nullable FirstOfCycle other;
}
