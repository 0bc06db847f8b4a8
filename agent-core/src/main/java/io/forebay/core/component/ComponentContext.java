package io.forebay.core.component;

import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * What a node gets from its surroundings.
 *
 * @param nodeName the node's name in the pipeline file
 * @param tag the pipeline's {@code settings.tag}
 * @param dataDirectory a directory of the agent, for cursors; may not exist yet
 * @param clock for timestamps
 * @param random for jitter
 * @param listener told of what an operator should see of this node
 */
public record ComponentContext(
    String nodeName,
    String tag,
    Path dataDirectory,
    Clock clock,
    RandomGenerator random,
    NodeListener listener) {}
