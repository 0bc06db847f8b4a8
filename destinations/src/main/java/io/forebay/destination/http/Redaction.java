package io.forebay.destination.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Cleans what a receiver wrote before people see it: secrets that it echoes are hidden, control
 * characters removed, the length bounded. Immutable.
 */
final class Redaction {

  /** A shorter value is no secret, and hiding it would garble every text. */
  private static final int MIN_SECRET_CHARS = 6;

  private static final int MAX_CHARS = 512;

  private final List<String> secrets;

  private Redaction(List<String> secrets) {
    this.secrets = secrets;
  }

  /** Hides each of these, longest first, and the credentials behind a scheme such as Bearer. */
  static Redaction of(List<String> secrets) {
    List<String> hidden = new ArrayList<>();
    for (String secret : secrets) {
      hidden.add(secret);
      int space = secret.indexOf(' ');
      if (space >= 0) {
        hidden.add(secret.substring(space + 1));
      }
    }
    hidden.removeIf(secret -> secret.length() < MIN_SECRET_CHARS);
    hidden.sort(Comparator.comparingInt(String::length).reversed());
    return new Redaction(List.copyOf(hidden));
  }

  Redaction with(String secret) {
    List<String> more = new ArrayList<>(secrets);
    more.add(secret);
    return of(more);
  }

  String clean(String text) {
    String clean = text;
    for (String secret : secrets) {
      clean = clean.replace(secret, "***");
    }
    clean = clean.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
    return clean.length() <= MAX_CHARS ? clean : clean.substring(0, MAX_CHARS) + "…";
  }
}
