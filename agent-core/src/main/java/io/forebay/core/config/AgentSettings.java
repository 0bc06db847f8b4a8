package io.forebay.core.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code settings} block of a pipeline file. */
public record AgentSettings(
    @Key(
            value = "Name of the pipeline, put on what the agent says of itself.",
            defaultValue = "forebay")
        String tag,
    @Key("The agent's own log.") LogSettings log,
    @Key(
            value = "Time that an incomplete batch waits for more items.",
            defaultValue = "5s",
            min = 1)
        Duration itemBufferFlushInterval,
    @Key(
            value = "Bytes of encoded items that make a batch full.",
            defaultValue = "1MiB",
            min = 1,
            max = 1 << 30)
        DataSize itemBufferMaxByteLimit,
    @Key(
            value =
                "Time that an orderly stop has to deliver what is in memory; the rest goes to the queues.",
            defaultValue = "10s",
            max = 86_400_000)
        Duration shutdownGrace,
    @Key("Where sources keep how far they have read.") CursorSettings persistingCursorSettings,
    @Key(
            value = "Time between two looks for new files, for sources that do not say themselves.",
            min = 1)
        @Nullable Duration sourceDiscoveryInterval,
    @Key(
            value = "Lines that make one item at most, for sources that do not say themselves.",
            min = 1)
        @Nullable Integer multilineMaxSize,
    @Key(
            value =
                "Bytes of the lines of one item at most, for sources that do not say themselves.",
            min = 1)
        @Nullable DataSize multilineMaxByteSize,
    @Key(
            value =
                "Time after which lines that wait for more become an item, for sources that do not say themselves.",
            min = 1)
        @Nullable Duration multilineFlushInterval,
    @Key(
            value =
                "Age at which a destination that keeps files finishes one, where it does not say itself.",
            min = 10)
        @Nullable Duration archiveFlushInterval,
    @Key(
            value =
                "Bytes after which a destination that keeps files finishes one, where it does not say itself.",
            min = 1)
        @Nullable DataSize archiveMaxByteLimit) {

  /** The {@code log} block. */
  public record LogSettings(
      @Key(value = "Least severity that is logged.", defaultValue = "info") Level level) {}

  /** Severity of a log line. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** The {@code persisting_cursor_settings} block. */
  public record CursorSettings(
      @Key("Directory of the cursors; the agent's data directory when missing.")
          @Nullable Path path,
      @Key(
              value =
                  "Time between two writes of the cursors, for sources that do not say themselves.",
              min = 1)
          @Nullable Duration flushInterval) {}
}
