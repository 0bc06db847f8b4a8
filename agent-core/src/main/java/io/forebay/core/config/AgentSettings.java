package io.forebay.core.config;

import io.forebay.queue.QueueOptions;
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
        @Nullable DataSize archiveMaxByteLimit,
    @Key("One bound over the bytes on disk of all queues and dead letters.")
        @Nullable DiskBudgetSettings diskBudget) {

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

  /** The {@code disk_budget} block. */
  public record DiskBudgetSettings(
      @Key(
              value =
                  "Real bytes on disk of all queues and dead letters together at most, those that no node owns included; no limit when missing.",
              min = 1_000_000)
          @Nullable DataSize maxByteSize,
      @Key(
              value = "Bytes that stay free on each file system that a queue lies on.",
              defaultValue = "0",
              min = 0)
          DataSize minFreeBytes)
      implements Validated {

    /** The part of the budget that is shared out evenly, so that every queue has some for sure. */
    private static final int SHARED_OUT_PART = 4;

    /** What each of so many queues has for itself; {@link Long#MAX_VALUE} without a bound. */
    public long shareBytes(int queues) {
      return maxByteSize == null
          ? Long.MAX_VALUE
          : maxByteSize.bytes() / SHARED_OUT_PART / Math.max(queues, 1);
    }

    /** The least budget that leaves each of so many queues a share to work with. */
    public static DataSize least(int queues) {
      return DataSize.ofBytes(QueueOptions.MIN_MAX_BYTES * SHARED_OUT_PART * queues);
    }

    @Override
    public void validate(Complaints complaints) {
      if (maxByteSize == null && minFreeBytes.bytes() == 0) {
        complaints.report(
            "", "'disk_budget' bounds nothing: set max_byte_size, min_free_bytes or both");
      }
    }
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
