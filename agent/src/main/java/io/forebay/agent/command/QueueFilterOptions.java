package io.forebay.agent.command;

import io.forebay.agent.queue.RecordFilter;
import io.forebay.core.config.GoDuration;
import io.forebay.queue.ScanOptions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which records a command is about. */
final class QueueFilterOptions {

  @Option(names = "--from", paramLabel = "SEQ", description = "From this sequence number on.")
  long from;

  @Option(
      names = "--to",
      paramLabel = "SEQ",
      description = "Up to this sequence number, itself included.")
  long to = Long.MAX_VALUE;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      converter = TimeConverter.class,
      description =
          "What came into the queue since: a duration such as 15m or 2h ago, or a time such as"
              + " 2026-01-31T08:00:00Z.")
  @Nullable Instant since;

  @Option(
      names = "--grep",
      paramLabel = "REGEX",
      converter = PatternConverter.class,
      description = "Records in which this is found.")
  @Nullable Pattern grep;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  RecordFilter filter(boolean settledToo, @Nullable Pattern reason) {
    return new RecordFilter(from, to, settledToo, grep, reason);
  }

  /**
   * How to read them.
   *
   * @throws ParameterException where no record could ever be meant
   */
  ScanOptions scan(boolean settledToo, boolean follow) {
    if (from < 0 || to < 0) {
      throw wrong((from < 0 ? "--from " + from : "--to " + to) + ": numbers begin with 0");
    }
    if (from > to) {
      throw wrong("--from " + from + " is above --to " + to + ": no record lies between them");
    }
    if (follow && to < Long.MAX_VALUE) {
      throw wrong("--follow goes on until it is stopped, and --to ends; leave out one of them");
    }
    Instant time = since;
    long sinceMillis = time == null ? Long.MIN_VALUE : time.toEpochMilli();
    return new ScanOptions(from, settledToo, sinceMillis, follow);
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  /** For picocli. */
  static final class PatternConverter implements ITypeConverter<Pattern> {
    @Override
    public Pattern convert(String value) {
      try {
        return Pattern.compile(value);
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            "'" + value + "' is no regular expression: " + e.getDescription());
      }
    }
  }

  /** For picocli. */
  static final class TimeConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      return parse(value, Clock.systemUTC());
    }
  }

  static Instant parse(String value, Clock clock) {
    if (value.indexOf('-') < 0) {
      try {
        return clock.instant().minus(GoDuration.parse(value));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            e.getMessage() + ", or a time such as 2026-01-31T08:00:00Z");
      }
    }
    try {
      Instant time =
          value.indexOf('T') < 0
              ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(value).toInstant();
      return Instant.ofEpochMilli(time.toEpochMilli()); // what a record can have
    } catch (DateTimeException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + value + "' is no time; write it as 2026-01-31T08:00:00Z, or a duration such as 2h");
    }
  }
}
