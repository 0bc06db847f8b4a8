package io.forebay.destination.localstorage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Names of archive files: {@code 20261121T235959123Z-<node>-<8 hex digits><extension>}, the time
 * being that of the file's first batch in UTC, so that names sort by age.
 */
final class FileNames {

  static final String PART = ".part";
  static final String TORN = ".torn";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int TIME_CHARS = 19;

  private FileNames() {}

  static String of(Instant time, String node, RandomGenerator random, String extension) {
    return TIME.format(time)
        + "-"
        + safe(node)
        + "-"
        + String.format(Locale.ROOT, "%08x", random.nextInt())
        + extension;
  }

  /** The time in a name, or null when it is none of ours. */
  static @Nullable Instant timeOf(String name) {
    if (name.length() < TIME_CHARS) {
      return null;
    }
    try {
      return TIME.parse(name.substring(0, TIME_CHARS), Instant::from);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A text as one name in a path: what could mean something there becomes an underscore. */
  static String safe(String text) {
    String safe = text.replaceAll("[^A-Za-z0-9._-]", "_");
    if (safe.isEmpty() || safe.startsWith(".")) {
      safe = "_" + safe;
    }
    return safe.length() <= 100 ? safe : safe.substring(0, 100);
  }
}
