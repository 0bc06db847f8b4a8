package io.forebay.destination.net;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Retry;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * What it means that a connection could not be made or broke: {@link Paused} where the certificates
 * are at fault, so that no amount of waiting helps, else {@link Retry}.
 */
public final class NetworkFailure {

  private static final int MAX_CAUSES = 16;

  private NetworkFailure() {}

  /**
   * @param target the other side, for people: no credentials
   */
  public static SendResult outcome(Throwable failure, String target) {
    if (failure instanceof TlsFilesException) {
      return new Paused(text(failure));
    }
    if (Causes.find(failure, SslHandshakeTimeoutException.class) != null) {
      return new Retry(target + " did not finish the TLS handshake in time");
    }
    if (Causes.find(failure, NotSslRecordException.class) != null) {
      return new Paused(target + " does not speak TLS on this port; use the port that does");
    }
    GeneralSecurityException certificate = Causes.find(failure, GeneralSecurityException.class);
    if (certificate != null) {
      return new Paused(target + " has a certificate that is not trusted: " + text(certificate));
    }
    SSLException tls = Causes.find(failure, SSLException.class);
    if (tls != null && !isBreak(tls)) {
      return new Paused("TLS with " + target + " failed: " + text(tls));
    }
    return new Retry(why(failure, target));
  }

  private static String why(Throwable failure, String target) {
    if (Causes.find(failure, UnknownHostException.class) != null) {
      return "the name of " + target + " cannot be resolved";
    }
    if (Causes.find(failure, ConnectTimeoutException.class) != null) {
      return target + " does not answer: connecting timed out";
    }
    if (Causes.find(failure, NoRouteToHostException.class) != null) {
      return "there is no route to " + target;
    }
    ConnectException connect = Causes.find(failure, ConnectException.class);
    if (connect != null) {
      return text(connect).contains("Connection refused")
          ? target + " does not accept connections: connection refused"
          : target + " cannot be reached: " + text(connect);
    }
    if (Causes.find(failure, TimeoutException.class) != null
        || isNamed(failure, "TimeoutException")) {
      return target + " did not answer in time";
    }
    if (Causes.find(failure, ClosedChannelException.class) != null) {
      return target + " closed the connection";
    }
    return "the connection to " + target + " failed: " + text(failure);
  }

  /** A connection that broke off during TLS says nothing of certificates. */
  private static boolean isBreak(SSLException failure) {
    if (Causes.find(failure, ClosedChannelException.class) != null) {
      return true;
    }
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("closed")
        || message.contains("reset")
        || message.contains("broken pipe")
        || message.contains("closing inbound");
  }

  private static boolean isNamed(Throwable failure, String ending) {
    Throwable at = failure;
    for (int i = 0; at != null && i < MAX_CAUSES; i++) {
      if (at.getClass().getSimpleName().endsWith(ending)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
