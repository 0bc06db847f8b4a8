package io.forebay.destination.http;

import java.time.Instant;

/**
 * A token and until when it is used.
 *
 * @param renewAt when a new one is asked for, some time before this one expires
 */
record AccessToken(String value, Instant renewAt) {

  @Override
  public String toString() {
    return "AccessToken[renewAt=" + renewAt + "]";
  }
}
