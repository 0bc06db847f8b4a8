package io.forebay.destination.http;

import io.forebay.core.config.Validated.Complaints;
import java.net.URI;

/** What a URL must be to be called. */
final class EndpointRules {

  private EndpointRules() {}

  static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  static void check(String key, URI uri, Complaints complaints) {
    if (!isHttps(uri) && !"http".equalsIgnoreCase(uri.getScheme())) {
      complaints.report(key, "must be a whole URL that begins with http:// or https://");
      return;
    }
    if (uri.getHost() == null) {
      complaints.report(key, "names no host; write it as https://host:port/path");
    }
    if (uri.getRawUserInfo() != null) {
      complaints.report(key, "must not hold a user or password; use the authentication block");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65535) {
      complaints.report(key, "port must lie between 1 and 65535");
    }
    if (uri.getRawFragment() != null) {
      complaints.report(key, "a fragment (#…) is never sent; remove it");
    }
  }

  /** Scheme, host and path, for people: a query may hold a secret. */
  static String describe(URI uri) {
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return uri.getScheme() + "://" + uri.getRawAuthority() + path;
  }
}
