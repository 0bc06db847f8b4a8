package io.forebay.destination.discard;

import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;

/** The keys of a {@code void_output} node: those of every destination. */
public record VoidOutputConfig(
    @Key(value = "The keys of every destination.", flattened = true)
        DestinationSettings delivery) {}
