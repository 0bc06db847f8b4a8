package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of connections that ended before TLS and HTTP/2 were set up. Bounded by the
 * open connections. Thread safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close.
final class Handshakes {

  private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

  private final String nodeName;
  private final NodeListener listener;
  private final Set<SocketAddress> unfinished = ConcurrentHashMap.newKeySet();
  private final AtomicLong failed = new AtomicLong();

  Handshakes(String nodeName, NodeListener listener) {
    this.nodeName = nodeName;
    this.listener = listener;
  }

  /** A connection was accepted. */
  void begun(Channel connection) {
    SocketAddress client = connection.remoteAddress();
    if (client != null) {
      unfinished.add(client);
      connection.closeFuture().addListener(closed -> ended(client));
    }
  }

  /** The client's connection is ready for calls. */
  void done(SocketAddress client) {
    unfinished.remove(client);
  }

  private void ended(SocketAddress client) {
    if (!unfinished.remove(client)) {
      return;
    }
    listener.onEvent("handshake_failed", 1);
    // Doubling gaps: a flood of connections must not become a flood of log lines.
    long count = failed.incrementAndGet();
    if (Long.bitCount(count) == 1) {
      log.warn(
          "{}: the connection of {} ended in its handshake: no TLS, no HTTP/2, or a certificate"
              + " that one side does not accept ({} so far)",
          nodeName,
          client,
          count);
    }
  }
}
