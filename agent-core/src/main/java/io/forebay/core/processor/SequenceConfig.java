package io.forebay.core.processor;

import io.forebay.core.component.InlineProcessor;
import io.forebay.core.config.Key;
import java.util.List;

/** The keys of {@code sequence}. */
public record SequenceConfig(
    @Key(value = "The processors, applied in this order.", required = true)
        List<InlineProcessor> processors) {}
