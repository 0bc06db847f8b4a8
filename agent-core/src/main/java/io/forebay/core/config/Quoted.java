package io.forebay.core.config;

import java.util.regex.Pattern;

/** Text of a file, made fit for a message: quoted, cut, and without control characters. */
final class Quoted {

  private static final int MAX_LENGTH = 80;
  private static final int MAX_SEARCHED = 8000;
  private static final Pattern URL_CREDENTIALS = Pattern.compile("://[^\\s@]*@");

  private Quoted() {}

  static String of(String text) {
    return "'" + printable(cut(withoutCredentials(text), MAX_LENGTH)) + "'";
  }

  /** The text without user and password in URLs. */
  static String withoutCredentials(String text) {
    return URL_CREDENTIALS.matcher(cut(text, MAX_SEARCHED)).replaceAll("://***@");
  }

  /** At most {@code length} characters of the text, with a mark where it was cut. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    boolean splits = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
    int end = splits ? length - 1 : length;
    return text.substring(0, end) + "…";
  }

  /** Control characters become {@code \\u001b}, so that a file cannot play with a terminal. */
  static String printable(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
      if (!plain && out == null) {
        out = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (out != null) {
        if (plain) {
          out.append(c);
        } else if (c == '\n') {
          out.append("\\n");
        } else {
          out.append(String.format("\\u%04x", (int) c));
        }
      }
    }
    return out == null ? text : out.toString();
  }
}
