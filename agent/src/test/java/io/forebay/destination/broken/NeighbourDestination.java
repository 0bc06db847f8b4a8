package io.forebay.destination.broken;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class NeighbourDestination {}
