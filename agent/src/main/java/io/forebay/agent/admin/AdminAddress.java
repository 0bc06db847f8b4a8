package io.forebay.agent.admin;

import java.util.Locale;

/**
 * Where the admin server listens.
 *
 * @param enabled false for {@code off}; the rest then means nothing
 * @param host a name or an address, without brackets
 * @param port 0 for any free port
 */
public record AdminAddress(boolean enabled, String host, int port) {

  public static final AdminAddress DEFAULT = new AdminAddress(true, "127.0.0.1", 9710);
  public static final AdminAddress OFF = new AdminAddress(false, "", 0);

  /**
   * Reads {@code HOST:PORT}, {@code [IPV6]:PORT}, a bare {@code PORT} (on the loopback interface)
   * or {@code off}.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static AdminAddress parse(String text) {
    String trimmed = text.trim();
    if (trimmed.toLowerCase(Locale.ROOT).equals("off")) {
      return OFF;
    }
    int colon = trimmed.lastIndexOf(':');
    String host = colon < 0 ? DEFAULT.host : trimmed.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is ambiguous; write an IPv6 address in brackets, as in [::1]:9710");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "' has no host; write 0.0.0.0:PORT to listen on every interface");
    }
    String port = trimmed.substring(colon + 1);
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; write HOST:PORT with a port from 0 to 65535, or off");
    }
    return new AdminAddress(true, host, Integer.parseInt(port));
  }

  @Override
  public String toString() {
    if (!enabled) {
      return "off";
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
