package io.forebay.source.broken;

import io.forebay.destination.broken.NeighbourDestination;
import org.jspecify.annotations.Nullable;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class SourceKnowsDestination {
  public @Nullable NeighbourDestination neighbour;
}
