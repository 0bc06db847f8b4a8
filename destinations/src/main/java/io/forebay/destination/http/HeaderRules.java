package io.forebay.destination.http;

import io.forebay.core.config.Validated.Complaints;
import io.forebay.destination.http.HttpOutputConfig.Header;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a configured header must be: nothing that could end a header and begin another one. */
final class HeaderRules {

  /** A token of RFC 9110, section 5.6.2. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** Visible ASCII, space and tab. */
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");

  private static final Set<String> OURS =
      Set.of("content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer");

  private HeaderRules() {}

  static void check(Header header, boolean authorized, Complaints complaints) {
    String name = header.header();
    if (!checkName("headers", name, complaints)) {
      return;
    }
    if (name.equalsIgnoreCase("authorization") && authorized) {
      complaints.report(
          "headers", name + " is also set by the authentication or authorization block; keep one");
    }
    checkValue("headers", name, header.value().reveal(), complaints);
  }

  /** Reports under {@code key} what is wrong with a header's name; false when it is no name. */
  static boolean checkName(String key, String name, Complaints complaints) {
    if (!NAME.matcher(name).matches()) {
      complaints.report(
          key, "'" + printable(name) + "' is no header name; use letters, digits and -");
      return false;
    }
    String lowerCase = name.toLowerCase(Locale.ROOT);
    if (OURS.contains(lowerCase)) {
      complaints.report(key, name + " is set by the agent; remove it");
    }
    if (lowerCase.equals("content-encoding")) {
      complaints.report(key, name + " follows from compression; set compression instead");
    }
    return true;
  }

  static void checkValue(String key, String name, String value, Complaints complaints) {
    if (!VALUE.matcher(value).matches()) {
      complaints.report(
          key,
          "the value of "
              + printable(name)
              + " holds a line break, a control character or a character beyond ASCII; remove it");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
