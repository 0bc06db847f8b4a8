package io.forebay.core.delivery;

/**
 * The share of requests that failed of late, each batch and each piece of one counted once, so that
 * what fails again and again does not make the receiver look bad. On the loop only.
 */
final class FailureShare {

  /** As if so many had succeeded before the first. */
  private static final int BEGIN = 4;

  private static final int WINDOW = 32;

  /** Failures in a row prove as much as they would where one request in five fails. */
  private static final double USUAL = 0.2;

  /** Else a receiver that takes next to nothing would ask for endless proof. */
  private static final double HIGHEST = 0.9;

  private int counted = BEGIN;
  private double share;

  void note(boolean failed) {
    counted = Math.min(counted + 1, WINDOW);
    share += ((failed ? 1 : 0) - share) / counted;
  }

  /**
   * How many failures in a row are as unlikely to be chance as {@code failures} are where one
   * request in five fails; no fewer.
   */
  int proof(int failures) {
    return share <= USUAL
        ? failures
        : (int) Math.ceil(failures * Math.log(USUAL) / Math.log(Math.min(share, HIGHEST)));
  }
}
