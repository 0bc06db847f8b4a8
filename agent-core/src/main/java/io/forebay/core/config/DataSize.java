package io.forebay.core.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes. {@code KB MB GB TB} are decimal, {@code KiB MiB GiB TiB} binary, as in Edge
 * Delta's files; a bare number is bytes, and {@code K M G T} are decimal.
 *
 * @param bytes not negative
 */
public record DataSize(long bytes) implements Comparable<DataSize> {

  private static final Pattern FORM =
      Pattern.compile("\\s*(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)\\s*");
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("b", 1L),
          Map.entry("k", 1_000L),
          Map.entry("kb", 1_000L),
          Map.entry("kib", 1L << 10),
          Map.entry("m", 1_000_000L),
          Map.entry("mb", 1_000_000L),
          Map.entry("mib", 1L << 20),
          Map.entry("g", 1_000_000_000L),
          Map.entry("gb", 1_000_000_000L),
          Map.entry("gib", 1L << 30),
          Map.entry("t", 1_000_000_000_000L),
          Map.entry("tb", 1_000_000_000_000L),
          Map.entry("tib", 1L << 40));

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("size is negative: " + bytes);
    }
  }

  public static DataSize ofBytes(long bytes) {
    return new DataSize(bytes);
  }

  /**
   * Reads {@code 64MiB}, {@code 1.5GB}, {@code 4096}.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static DataSize parse(String text) {
    Matcher matcher = FORM.matcher(text);
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no size; write bytes, or a number with KB, MB, GB, KiB, MiB or GiB");
    }
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is more than " + Long.MAX_VALUE + " bytes");
    }
    return new DataSize(bytes.longValue());
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** {@code 3.4GB}: rounded, for people. */
  public String rounded() {
    String[] names = {"TB", "GB", "MB", "KB"};
    for (String name : names) {
      long unit = UNITS.getOrDefault(name.toLowerCase(Locale.ROOT), 1L);
      if (bytes >= unit) {
        return String.format(Locale.ROOT, "%.1f%s", (double) bytes / unit, name);
      }
    }
    return bytes + "B";
  }

  /** The shortest exact form, such as {@code 64MiB} or {@code 1GB}. */
  @Override
  public String toString() {
    String[] names = {"TB", "TiB", "GB", "GiB", "MB", "MiB", "KB", "KiB"};
    for (String name : names) {
      long unit = UNITS.getOrDefault(name.toLowerCase(Locale.ROOT), 1L);
      if (bytes >= unit && bytes % unit == 0) {
        return bytes / unit + name;
      }
    }
    return bytes + "B";
  }
}
