/**
 * A pipeline file to a checked value: settings, nodes, links, cycles, unreachable nodes, the
 * directories that it needs. Knows no Reactor and runs nothing.
 */
@NullMarked
package io.forebay.core.graph;

import org.jspecify.annotations.NullMarked;
