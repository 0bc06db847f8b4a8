package io.forebay.destination.localstorage;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The name of this host: looked up once, on the first question, which may block. */
final class LocalHost {

  private volatile @Nullable String name;

  String name() {
    String known = name;
    if (known == null) {
      known = lookUp();
      name = known;
    }
    return known;
  }

  private static String lookUp() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-host";
    }
  }
}
