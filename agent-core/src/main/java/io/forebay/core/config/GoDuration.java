package io.forebay.core.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go's {@code time.ParseDuration} writes them: {@code 1m30s}, {@code 500ms}, {@code
 * 1.5h}.
 */
public final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?|\\.\\d{1,9})(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * Reads a duration that is not negative. The bare number {@code 0} needs no unit.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static Duration parse(String text) {
    String rest = text.strip();
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    Matcher matcher = PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(matcher.group(1))
                  .multiply(BigDecimal.valueOf(nanosOf(matcher.group(2)))));
      end = matcher.end();
    }
    if (end == 0 || end != rest.length()) {
      throw new IllegalArgumentException(
          Quoted.of(text)
              + " is no duration; write a number with a unit, such as 500ms, 5s, 1m30s or 2h");
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(Quoted.of(text) + " is longer than 292 years");
    }
    return Duration.ofNanos(nanos.longValue());
  }

  private static long nanosOf(String unit) {
    Long nanos = NANOS.get(unit);
    if (nanos == null) {
      throw new IllegalStateException("unit " + unit);
    }
    return nanos;
  }

  /**
   * The shortest usual form, such as {@code 1m30s}, {@code 500ms}, {@code 2h}; {@code 0s} for none.
   */
  public static String format(Duration duration) {
    StringBuilder out = new StringBuilder();
    if (duration.toHours() > 0) {
      out.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      out.append(duration.toMinutesPart()).append('m');
    }
    int nanos = duration.toNanosPart();
    if (nanos == 0) {
      if (duration.toSecondsPart() > 0 || out.isEmpty()) {
        out.append(duration.toSecondsPart()).append('s');
      }
    } else if (nanos % 1_000_000 == 0 && duration.toSecondsPart() == 0) {
      out.append(nanos / 1_000_000).append("ms");
    } else {
      BigDecimal seconds = BigDecimal.valueOf(duration.toSecondsPart() * 1_000_000_000L + nanos, 9);
      out.append(seconds.stripTrailingZeros().toPlainString()).append('s');
    }
    return out.toString();
  }
}
