package io.forebay.destination.localstorage;

import io.forebay.destination.localstorage.LocalStorageConfig.PathPrefixSettings;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The directories beneath {@code mounted_path} into which a file of a certain time goes. */
final class PathPrefix {

  /** An entry of {@code order} that nobody knows. */
  static final class UnknownPartException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownPartException(String part) {
      super(
          "'"
              + part
              + "' is unknown; use Year, Month, Day, Hour, Minute, \"<n> Minute\", tag or host");
    }
  }

  private static final Pattern PLACEHOLDER = Pattern.compile("%(?:s|d|0([1-9])d|%)");
  private static final Pattern MINUTES = Pattern.compile("(\\d{1,2}) minutes?");
  private static final PathPrefixSettings DEFAULT =
      new PathPrefixSettings(List.of("Year", "Month", "Day", "Hour"), "%s/%s/%s/%s/");

  private final List<Segment> segments;

  private PathPrefix(List<Segment> segments) {
    this.segments = segments;
  }

  /**
   * @throws IllegalArgumentException with a sentence for people when the two keys do not fit
   */
  static PathPrefix of(@Nullable PathPrefixSettings settings) {
    PathPrefixSettings used = settings == null ? DEFAULT : settings;
    List<Part> parts = new ArrayList<>();
    for (String name : used.order()) {
      parts.add(Part.of(name));
    }
    List<Segment> segments = parse(used.format(), parts);
    return new PathPrefix(segments);
  }

  /** A relative path with {@code /} between its names, none before or after; may be empty. */
  String at(Instant time, String tag, String host) {
    ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
    StringBuilder path = new StringBuilder();
    for (Segment segment : segments) {
      Part part = segment.part;
      path.append(part == null ? segment.text : part.format(utc, tag, host, segment.digits));
    }
    return normalized(path.toString());
  }

  private static List<Segment> parse(String format, List<Part> parts) {
    if (format.startsWith("/")) {
      throw new IllegalArgumentException("must not begin with /; it lies beneath mounted_path");
    }
    List<Segment> segments = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(format);
    int at = 0;
    int used = 0;
    while (matcher.find()) {
      segments.add(Segment.text(format.substring(at, matcher.start())));
      at = matcher.end();
      if (matcher.group().equals("%%")) {
        segments.add(Segment.text("%"));
        continue;
      }
      if (used == parts.size()) {
        throw new IllegalArgumentException(
            "has more placeholders than order has entries (" + parts.size() + ")");
      }
      String digits = matcher.group(1);
      segments.add(
          new Segment("", parts.get(used++), digits == null ? 0 : Integer.parseInt(digits)));
    }
    segments.add(Segment.text(format.substring(at)));
    for (Segment segment : segments) {
      checkText(segment.text);
    }
    if (used < parts.size()) {
      throw new IllegalArgumentException(
          "has " + used + " placeholders, order has " + parts.size() + " entries");
    }
    return List.copyOf(segments);
  }

  private static void checkText(String text) {
    if (text.indexOf('%') >= 0 && !text.equals("%")) {
      throw new IllegalArgumentException("% must stand before s, d or 0<n>d; write %% for itself");
    }
    if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\')) {
      throw new IllegalArgumentException("holds a control character or a backslash; remove it");
    }
    for (String name : text.split("/", -1)) {
      if (name.startsWith(".")) {
        throw new IllegalArgumentException("a directory's name must not begin with a point");
      }
    }
  }

  private static String normalized(String path) {
    StringBuilder clean = new StringBuilder();
    for (String name : path.split("/+", -1)) {
      if (!name.isEmpty()) {
        clean.append(clean.isEmpty() ? "" : "/").append(name);
      }
    }
    return clean.toString();
  }

  private record Segment(String text, @Nullable Part part, int digits) {
    static Segment text(String text) {
      return new Segment(text, null, 0);
    }
  }

  private record Part(Kind kind, int minutes) {

    private enum Kind {
      YEAR,
      MONTH,
      DAY,
      HOUR,
      MINUTE,
      TAG,
      HOST
    }

    static Part of(String name) {
      String text = name.strip().toLowerCase(Locale.ROOT);
      Matcher matcher = MINUTES.matcher(text);
      if (matcher.matches()) {
        int minutes = Integer.parseInt(matcher.group(1));
        if (minutes < 1 || minutes > 60) {
          throw new UnknownPartException(name);
        }
        return new Part(Kind.MINUTE, minutes);
      }
      return switch (text) {
        case "year" -> new Part(Kind.YEAR, 0);
        case "month" -> new Part(Kind.MONTH, 0);
        case "day" -> new Part(Kind.DAY, 0);
        case "hour" -> new Part(Kind.HOUR, 0);
        case "minute" -> new Part(Kind.MINUTE, 1);
        case "tag" -> new Part(Kind.TAG, 0);
        case "host" -> new Part(Kind.HOST, 0);
        default -> throw new UnknownPartException(name);
      };
    }

    String format(ZonedDateTime time, String tag, String host, int digits) {
      return switch (kind) {
        case YEAR -> number(time.getYear(), Math.max(digits, 4));
        case MONTH -> number(time.getMonthValue(), Math.max(digits, 2));
        case DAY -> number(time.getDayOfMonth(), Math.max(digits, 2));
        case HOUR -> number(time.getHour(), Math.max(digits, 2));
        case MINUTE -> number(time.getMinute() / minutes * minutes, Math.max(digits, 2));
        case TAG -> FileNames.safe(tag);
        case HOST -> FileNames.safe(host);
      };
    }

    private static String number(int value, int digits) {
      return String.format(Locale.ROOT, "%0" + digits + "d", value);
    }
  }
}
