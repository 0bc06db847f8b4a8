package io.forebay.source.exec;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of {@code exec_input}. */
public record ExecInputConfig(
    @Key(
            value = "The program: a path, or a name that is looked up in PATH. No shell reads it.",
            required = true)
        String command,
    @Key("Arguments of the program, one each.") List<String> extraArgs,
    @Key(
            "Text of a script for the program to run, such as a shell: it is written to a file whose path is the last argument.")
        @Nullable String script,
    @Key(
            value =
                "Time from one start to the next; when missing, the command is kept running and started again when it ends.",
            min = 1)
        @Nullable Duration runInterval,
    @Key(value = "Time after which a run is ended; no limit when missing.", min = 1)
        @Nullable Duration timeout,
    @Key(
            value = "Bytes of a line at most; the rest of a longer line is cut off and counted.",
            defaultValue = "1MiB",
            min = 1,
            max = 64 << 20)
        DataSize maxLineSize) {}
