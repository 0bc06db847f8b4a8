package io.forebay.core.item;

/** How many of something, in words: {@code 1 item}, {@code 2 items}. */
public final class Counted {

  private Counted() {}

  /**
   * The number and its noun.
   *
   * @param noun in the singular, such as {@code dead letter}; an s makes more of it
   */
  public static String of(long number, String noun) {
    return number + " " + noun(number, noun);
  }

  /** {@code 1 item waits}, {@code 2 items wait}. */
  public static String waiting(long number, String noun) {
    return of(number, noun) + (number == 1 ? " waits" : " wait");
  }

  /** The noun alone, as it stands behind the number. */
  public static String noun(long number, String noun) {
    return number == 1 ? noun : noun + "s";
  }
}
