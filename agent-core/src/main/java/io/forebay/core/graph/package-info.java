/**
 * The pipeline as a checked value: nodes, links, cycles, unreachable nodes. Knows no Reactor and
 * runs nothing.
 */
@NullMarked
package io.forebay.core.graph;

import org.jspecify.annotations.NullMarked;
