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
    String lowerCase = name.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      complaints.report(
          "headers", "'" + printable(name) + "' is no header name; use letters, digits and -");
      return;
    }
    if (OURS.contains(lowerCase)) {
      complaints.report("headers", name + " is set by the agent; remove it");
    }
    if (lowerCase.equals("content-encoding")) {
      complaints.report("headers", name + " follows from compression; set compression instead");
    }
    if (lowerCase.equals("authorization") && authorized) {
      complaints.report(
          "headers", name + " is also set by the authentication or authorization block; keep one");
    }
    if (!VALUE.matcher(header.value().reveal()).matches()) {
      complaints.report(
          "headers",
          "the value of "
              + name
              + " holds a line break, a control character or a character beyond ASCII; remove it");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
