package io.forebay.queue;

/** Records {@code from <= n < to} of one frame that the next lease may take. */
record ReadyRange(FrameReference frame, long from, long to) {}
