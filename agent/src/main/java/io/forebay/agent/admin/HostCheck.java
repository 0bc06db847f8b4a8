package io.forebay.agent.admin;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Guards a server on the loopback interface against DNS rebinding: a web page's own host name that
 * was made to point at 127.0.0.1 is refused, since a browser sends that name. Addresses and {@code
 * localhost} cannot be rebound. A server on another interface is meant to be reached by names that
 * nobody here knows, so nothing is checked there.
 */
record HostCheck(boolean loopback, String configuredHost) {

  static HostCheck of(InetAddress bound, String configuredHost) {
    return new HostCheck(bound.isLoopbackAddress(), configuredHost);
  }

  /**
   * @param header the Host header, or null without one
   */
  boolean allows(@Nullable String header) {
    if (!loopback) {
      return true;
    }
    if (header == null) {
      return false;
    }
    String host = withoutPort(header.trim()).toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals(configuredHost.toLowerCase(Locale.ROOT))
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host);
  }

  private static String withoutPort(String header) {
    if (header.startsWith("[")) {
      int end = header.indexOf(']');
      return end < 0 ? header : header.substring(1, end);
    }
    int colon = header.lastIndexOf(':');
    return colon < 0 ? header : header.substring(0, colon);
  }
}
