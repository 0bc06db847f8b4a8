package io.forebay.destination.debug;

import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;

/** The keys of an {@code ed_debug_output} node: those of every destination. */
public record DebugOutputConfig(
    @Key(value = "The keys of every destination.", flattened = true)
        DestinationSettings delivery) {}
