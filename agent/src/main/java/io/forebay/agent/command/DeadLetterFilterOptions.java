package io.forebay.agent.command;

import io.forebay.agent.queue.RecordFilter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command is about. */
final class DeadLetterFilterOptions {

  @Option(
      names = "--grep",
      paramLabel = "REGEX",
      converter = QueueFilterOptions.PatternConverter.class,
      description = "Letters in which this is found.")
  @Nullable Pattern grep;

  @Option(
      names = "--reason",
      paramLabel = "REGEX",
      converter = QueueFilterOptions.PatternConverter.class,
      description = "Letters in whose reason this is found.")
  @Nullable Pattern reason;

  RecordFilter filter() {
    return new RecordFilter(0, Long.MAX_VALUE, false, grep, reason);
  }
}
