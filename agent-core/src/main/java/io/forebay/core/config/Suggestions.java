package io.forebay.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Guesses what was meant by a name that does not exist. */
public final class Suggestions {

  private static final int MAX_LISTED = 40;
  private static final int MAX_COMPARED = 1000;

  private Suggestions() {}

  /** {@code did you mean 'x'?}, or the names there are; null when there are none. */
  static @Nullable String of(String written, Collection<String> known) {
    Optional<String> nearest = nearest(written, known);
    if (nearest.isPresent()) {
      return "did you mean " + Quoted.of(nearest.get()) + "?";
    }
    if (known.isEmpty()) {
      return null;
    }
    String names = known.stream().sorted().limit(MAX_LISTED).collect(Collectors.joining(", "));
    return "there "
        + (known.size() == 1 ? "is " : "are ")
        + names
        + (known.size() > MAX_LISTED ? " and more" : "");
  }

  /** The known name that looks most like the written one, when it looks like it at all. */
  public static Optional<String> nearest(String written, Collection<String> known) {
    String wanted = normal(written);
    if (wanted.isEmpty() || wanted.length() > 100) {
      return Optional.empty();
    }
    int limit = Math.max(1, wanted.length() / 3);
    return known.stream()
        .limit(MAX_COMPARED)
        .filter(name -> distance(wanted, normal(name)) <= limit)
        .min(
            Comparator.<String>comparingInt(name -> distance(wanted, normal(name)))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  /**
   * Edits from one to the other: letters left out, put in, mistaken, or two neighbours exchanged
   * (the optimal string alignment distance). A name that begins or ends with the other counts as
   * near.
   */
  private static int distance(String a, String b) {
    if (a.length() >= 4
        && b.length() >= 4
        && (b.startsWith(a) || a.startsWith(b) || b.endsWith(a) || a.endsWith(b))) {
      return 1;
    }
    int[] before = new int[b.length() + 1];
    int[] above = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] reused = before;
      before = above;
      above = row;
      row = reused;
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substituted, Math.min(above[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
    }
    return row[b.length()];
  }
}
