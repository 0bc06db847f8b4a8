package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;

/**
 * What all calls of a listener share.
 *
 * @param budget bytes from their receipt to their acknowledgement
 */
record Reception(
    String nodeName,
    CollectorInputConfig config,
    Timing timing,
    BatchIntake intake,
    ByteBudget budget,
    Pressure pressure,
    CursorStore store,
    EventItems items,
    Truncations truncations,
    IdentityRefusals refusals,
    Faults faults,
    NodeListener listener) {}
