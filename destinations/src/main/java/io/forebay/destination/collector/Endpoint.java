package io.forebay.destination.collector;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a collector listens.
 *
 * @param host a name, or an address without brackets
 */
record Endpoint(String host, int port) {

  /**
   * Reads {@code host}, {@code host:port}, {@code [address]:port} or a bare address.
   *
   * @param port the port that was given by itself, or null
   * @throws IllegalArgumentException with the complaint
   */
  static Endpoint parse(String text, @Nullable Integer port) {
    String host = text.strip();
    if (host.contains("://")) {
      throw new IllegalArgumentException(
          "write the host without a scheme; the tls block says whether TLS is used");
    }
    String ownPort = null;
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      String rest = end < 0 ? "" : host.substring(end + 1);
      if (end < 0 || (!rest.isEmpty() && !rest.startsWith(":"))) {
        throw new IllegalArgumentException("is no host; write an address as [::1]:4317");
      }
      ownPort = rest.isEmpty() ? null : rest.substring(1);
      host = host.substring(1, end);
    } else if (host.indexOf(':') >= 0 && !NetUtil.isValidIpV6Address(host)) {
      ownPort = host.substring(host.lastIndexOf(':') + 1);
      host = host.substring(0, host.lastIndexOf(':'));
    }
    if (host.isEmpty() || !isHost(host)) {
      throw new IllegalArgumentException("names no host");
    }
    return new Endpoint(host, port(ownPort, port));
  }

  private static int port(@Nullable String own, @Nullable Integer given) {
    if (own == null) {
      if (given == null) {
        throw new IllegalArgumentException("names no port; add the key port, or write host:port");
      }
      return given;
    }
    if (!own.matches("[0-9]{1,5}") || Integer.parseInt(own) < 1 || Integer.parseInt(own) > 65535) {
      throw new IllegalArgumentException("has a port that is not a number from 1 to 65535");
    }
    if (given != null && given != Integer.parseInt(own)) {
      throw new IllegalArgumentException("names another port than the key port; keep one of them");
    }
    return Integer.parseInt(own);
  }

  private static boolean isHost(String host) {
    return NetUtil.isValidIpV6Address(host) || host.matches("[A-Za-z0-9._-]+");
  }

  /** Whether what is sent there stays on this host. */
  boolean isLoopback() {
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
    return address == null ? host.equalsIgnoreCase("localhost") : address.isLoopbackAddress();
  }

  /** As it stands in log lines. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
