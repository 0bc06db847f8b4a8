package io.forebay.core.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads single values: text to numbers, sizes, durations, paths and the like. */
final class ScalarReader {

  private static final Set<Class<?>> TYPES =
      Set.of(
          String.class,
          Secret.class,
          boolean.class,
          Boolean.class,
          int.class,
          Integer.class,
          long.class,
          Long.class,
          double.class,
          Double.class,
          DataSize.class,
          Duration.class,
          Path.class,
          URI.class,
          Pattern.class);

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?\\d{1,30}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?");
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private ScalarReader() {}

  static boolean reads(Class<?> type) {
    return TYPES.contains(type) || type.isEnum();
  }

  /**
   * Reads {@code value} as {@code type} within the bounds of {@code key}.
   *
   * @throws IllegalArgumentException with a sentence for people that holds the value as shown
   */
  static Object read(Class<?> type, Interpolation.Value value, @Nullable Key key) {
    String text = value.text();
    if (type == String.class) {
      return text;
    }
    if (type == Secret.class) {
      return new Secret(text);
    }
    if (type == boolean.class || type == Boolean.class) {
      return bool(text, value.shown());
    }
    if (type == int.class || type == Integer.class) {
      return Math.toIntExact(whole(value, key, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (type == long.class || type == Long.class) {
      return whole(value, key, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return number(value, key);
    }
    if (type == DataSize.class) {
      DataSize size =
          parsed(
              DataSize::parse,
              value,
              "size; write bytes, or a number with KB, MB, GB, KiB, MiB or GiB");
      bounds(value, key, size.bytes(), bytes -> DataSize.ofBytes(Math.max(0, bytes)).toString());
      return size;
    }
    if (type == Duration.class) {
      Duration duration =
          parsed(
              GoDuration::parse,
              value,
              "duration; write a number with a unit, such as 500ms, 5s, 1m30s or 2h");
      if (key != null && key.min() > 0 && duration.compareTo(Duration.ofMillis(key.min())) < 0) {
        throw new IllegalArgumentException(
            value.shown()
                + " is too short; at least "
                + GoDuration.format(Duration.ofMillis(key.min())));
      }
      bounds(
          value, key, duration.toMillis(), millis -> GoDuration.format(Duration.ofMillis(millis)));
      return duration;
    }
    if (type == Path.class) {
      return path(text, value.shown());
    }
    if (type == URI.class) {
      return uri(text, value.shown());
    }
    if (type == Pattern.class) {
      return pattern(text, value.shown());
    }
    return constant(type, text, value.shown());
  }

  // The parsers' own messages hold the text, which may be secret.
  private static <T> T parsed(Function<String, T> parser, Interpolation.Value value, String what) {
    try {
      return parser.apply(value.text());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(value.shown() + " is no " + what, e);
    }
  }

  private static boolean bool(String text, String shown) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException(shown + " is neither true nor false");
    };
  }

  private static long whole(Interpolation.Value value, @Nullable Key key, long min, long max) {
    String text = value.text().strip();
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(value.shown() + " is no whole number");
    }
    BigInteger number = new BigInteger(text);
    if (number.abs().compareTo(MAX_LONG) > 0
        || number.longValue() < min
        || number.longValue() > max) {
      throw new IllegalArgumentException(
          value.shown()
              + " is out of range; "
              + (number.signum() < 0
                  ? "at least " + Math.max(min, key == null ? min : key.min())
                  : "at most " + Math.min(max, key == null ? max : key.max())));
    }
    bounds(value, key, number.longValue(), String::valueOf);
    return number.longValue();
  }

  private static double number(Interpolation.Value value, @Nullable Key key) {
    String text = value.text().strip();
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(value.shown() + " is no number");
    }
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      throw new IllegalArgumentException(value.shown() + " is out of range");
    }
    if (key != null) {
      BigDecimal exact = new BigDecimal(text);
      if (exact.compareTo(BigDecimal.valueOf(key.min())) < 0) {
        throw new IllegalArgumentException(value.shown() + " is too small; at least " + key.min());
      }
      if (exact.compareTo(BigDecimal.valueOf(key.max())) > 0) {
        throw new IllegalArgumentException(value.shown() + " is too large; at most " + key.max());
      }
    }
    return number;
  }

  private static void bounds(
      Interpolation.Value value, @Nullable Key key, long number, Function<Long, String> format) {
    if (key != null && number < key.min()) {
      throw new IllegalArgumentException(
          value.shown() + " is too small; at least " + format.apply(key.min()));
    }
    if (key != null && number > key.max()) {
      throw new IllegalArgumentException(
          value.shown() + " is too large; at most " + format.apply(key.max()));
    }
  }

  private static Path path(String text, String shown) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the path is empty");
    }
    if (text.equals("~") || text.startsWith("~/")) {
      throw new IllegalArgumentException(shown + ": '~' has no meaning here; write the whole path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          shown + " is no path: " + Quoted.printable(e.getReason()), e);
    }
  }

  private static URI uri(String text, String shown) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(shown + " is no URL: " + e.getReason(), e);
    }
    if (uri.isOpaque() || uri.getScheme() == null) {
      throw new IllegalArgumentException(
          shown + " is no whole URL; write it with http:// or https://");
    }
    if (!uri.getScheme().equalsIgnoreCase("file") && uri.getHost() == null) {
      throw new IllegalArgumentException(shown + " is a URL without a host");
    }
    return uri;
  }

  private static Pattern pattern(String text, String shown) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          shown
              + " is no regular expression: "
              + e.getDescription()
              + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)),
          e);
    }
  }

  private static Object constant(Class<?> type, String text, String shown) {
    Object[] constants = type.getEnumConstants();
    if (constants == null) {
      throw new IllegalStateException("a configuration record may not hold " + type);
    }
    String wanted = normal(text);
    for (Object constant : constants) {
      if (normal(((Enum<?>) constant).name()).equals(wanted)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        shown + " is not among the values: " + String.join(", ", constantsOf(type)));
  }

  /** The values of an enum as they are written in a file. */
  static List<String> constantsOf(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    return Arrays.stream(constants == null ? new Object[0] : constants)
        .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String normal(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }
}
