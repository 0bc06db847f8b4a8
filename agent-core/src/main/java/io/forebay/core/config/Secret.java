package io.forebay.core.config;

/**
 * A text that must not be printed: {@link #toString} hides it, and so every log, dump and status
 * page does.
 */
public record Secret(String reveal) {

  @Override
  public String toString() {
    return "***";
  }
}
