package io.forebay.source.stdin;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;

/** The keys of {@code stdin_input}. */
public record StdinInputConfig(
    @Key(
            value = "Bytes of a line at most; the rest of a longer line is cut off and counted.",
            defaultValue = "1MiB",
            min = 1,
            max = 64 << 20)
        DataSize maxLineSize) {}
