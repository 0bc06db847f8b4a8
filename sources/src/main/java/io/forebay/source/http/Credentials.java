package io.forebay.source.http;

import static java.util.Objects.requireNonNull;

import io.forebay.core.config.AuthenticationSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a client must present, compared in constant time. Immutable. */
final class Credentials {

  private final String scheme;
  private final byte[] expected;
  private final boolean basic;

  Credentials(AuthenticationSettings settings) {
    basic = settings.strategy() == AuthenticationSettings.Strategy.BASIC;
    scheme = basic ? "Basic " : "Bearer ";
    String credentials =
        basic
            ? requireNonNull(settings.username())
                + ":"
                + requireNonNull(settings.password()).reveal()
            : requireNonNull(settings.secret()).reveal();
    expected = credentials.getBytes(StandardCharsets.UTF_8);
  }

  /** The value of WWW-Authenticate that tells a client what is wanted. */
  String challenge() {
    return basic ? "Basic realm=\"forebay\", charset=\"UTF-8\"" : "Bearer realm=\"forebay\"";
  }

  /**
   * @param authorization the Authorization header of the request
   */
  boolean accept(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
      return false;
    }
    byte[] given =
        authorization.substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8);
    if (basic) {
      try {
        given = Base64.getDecoder().decode(given);
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
    return MessageDigest.isEqual(expected, given);
  }
}
