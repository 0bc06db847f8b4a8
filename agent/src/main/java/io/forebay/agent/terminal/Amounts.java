package io.forebay.agent.terminal;

import io.forebay.core.item.Counted;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Amounts {

  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

  private Amounts() {}

  /** {@code 1,234}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 record}, {@code 1,234 records}. */
  public static String count(long number, String noun) {
    return count(number) + " " + Counted.noun(number, noun);
  }

  /** {@code 512 B}, {@code 3.4 MB}: decimal units. */
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double rest = bytes;
    int unit = -1;
    while (rest >= 999.5 && unit < UNITS.length - 1) {
      rest /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, rest < 9.95 ? "%.1f %s" : "%.0f %s", rest, UNITS[unit]);
  }

  /** The two highest units: {@code 45s}, {@code 3m20s}, {@code 2h05m}, {@code 3d4h}. */
  public static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds / 60 % 60);
    }
    return seconds / 86_400 + "d" + seconds / 3600 % 24 + "h";
  }
}
