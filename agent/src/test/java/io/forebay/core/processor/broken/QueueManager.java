package io.forebay.core.processor.broken;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class QueueManager {}
