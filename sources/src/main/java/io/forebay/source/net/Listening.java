package io.forebay.source.net;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Binds a listener and puts its failure into words. */
public final class Listening {

  // A reload closes the old listener and opens the new one: the port may need a moment.
  private static final int ATTEMPTS_MORE = 5;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final String IN_USE = "in use";

  private Listening() {}

  /** The address to bind; a name is resolved when it is bound. */
  public static InetSocketAddress address(String listen, int port) {
    return InetSocketAddress.createUnresolved(listen, port);
  }

  /**
   * Adds to a cold bind a few more attempts while the address is in use, and fails with {@link
   * ListenException}.
   */
  public static <T> Mono<T> orExplain(Mono<T> bind, String nodeName, InetSocketAddress address) {
    return bind.retryWhen(
            Retry.fixedDelay(ATTEMPTS_MORE, PAUSE)
                .filter(error -> reason(error).contains(IN_USE))
                .onRetryExhaustedThrow((spec, signal) -> signal.failure()))
        .onErrorMap(error -> explain(error, nodeName, address));
  }

  private static ListenException explain(
      Throwable error, String nodeName, InetSocketAddress address) {
    String where = address.getHostString() + ":" + address.getPort();
    return new ListenException(
        nodeName + " cannot listen on " + where + ": " + advice(error, reason(error)), error);
  }

  private static String advice(Throwable error, String reason) {
    if (reason.contains(IN_USE)) {
      return "the port is in use by another process or node; stop that or choose another port";
    }
    if (reason.contains("Permission denied")) {
      return "permission denied; ports below 1024 need the capability CAP_NET_BIND_SERVICE";
    }
    if (reason.contains("Cannot assign requested address")) {
      return "this machine has no such address; mend listen";
    }
    Throwable root = root(error);
    if (root instanceof UnknownHostException || root instanceof UnresolvedAddressException) {
      return "the name cannot be resolved; write an address of this machine in listen";
    }
    return reason;
  }

  private static String reason(Throwable error) {
    Throwable root = root(error);
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  private static Throwable root(Throwable error) {
    Throwable at = error;
    for (Throwable next = at.getCause(); next != null; next = at.getCause()) {
      at = next;
    }
    return at;
  }
}
