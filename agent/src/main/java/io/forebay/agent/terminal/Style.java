package io.forebay.agent.terminal;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Colours for a terminal, or none.
 *
 * @param coloured whether escape sequences are written at all
 */
public record Style(boolean coloured) {

  public static final Style PLAIN = new Style(false);

  /** Whether the environment allows colours: {@code NO_COLOR} is unset or empty, and so on. */
  public static boolean isWelcome(Function<String, @Nullable String> environment) {
    String noColour = environment.apply("NO_COLOR");
    return (noColour == null || noColour.isEmpty()) && !"dumb".equals(environment.apply("TERM"));
  }

  public String bold(String text) {
    return wrap("1", text);
  }

  public String faint(String text) {
    return wrap("2", text);
  }

  public String red(String text) {
    return wrap("1;31", text);
  }

  public String green(String text) {
    return wrap("32", text);
  }

  public String yellow(String text) {
    return wrap("1;33", text);
  }

  public String cyan(String text) {
    return wrap("36", text);
  }

  private String wrap(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
