/**
 * Measurements with JMH: the queue beside a bare loop that writes or reads the same bytes, the
 * encoding of items, the cutting of lines, and the way of an item through a delivery. One question
 * a class; what the answers were is in {@code docs/BENCHMARKS.md}.
 */
@NullMarked
package io.forebay.benchmarks;

import org.jspecify.annotations.NullMarked;
