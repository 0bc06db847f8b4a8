package io.forebay.source.net;

import io.forebay.core.component.NodeListener;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds the open connections of a listener, in all and of one address. Thread safe. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
public final class ConnectionLimits {

  private static final Logger log = LoggerFactory.getLogger(ConnectionLimits.class);

  private final String nodeName;
  private final int maxConnections;
  private final int maxPerAddress;
  private final NodeListener listener;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param maxPerAddress connections of one client address; 0 for no limit
   */
  public ConnectionLimits(
      String nodeName, int maxConnections, int maxPerAddress, NodeListener listener) {
    this.nodeName = nodeName;
    this.maxConnections = maxConnections;
    this.maxPerAddress = maxPerAddress;
    this.listener = listener;
  }

  /** Counts the new connection until it closes, or closes it when it is one too many. */
  public void admit(Channel channel) {
    if (!tryAdmit(channel)) {
      channel.close();
    }
  }

  /**
   * Counts the new connection until it closes.
   *
   * @return false when it is one too many, which was told; the caller then closes it
   */
  public boolean tryAdmit(Channel channel) {
    if (open.incrementAndGet() > maxConnections) {
      open.decrementAndGet();
      refuse(channel, "max_connections: " + maxConnections);
      return false;
    }
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress socket ? socket.getAddress() : null;
    if (address == null || maxPerAddress == 0) {
      channel.closeFuture().addListener(closed -> open.decrementAndGet());
      return true;
    }
    if (openByAddress.merge(address, 1, Integer::sum) > maxPerAddress) {
      open.decrementAndGet();
      leave(address);
      refuse(channel, "max_connections_per_ip: " + maxPerAddress);
      return false;
    }
    channel
        .closeFuture()
        .addListener(
            closed -> {
              open.decrementAndGet();
              leave(address);
            });
    return true;
  }

  /** Connections open now. */
  public int openConnections() {
    return open.get();
  }

  private void leave(InetAddress address) {
    openByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  private void refuse(Channel channel, String limit) {
    listener.onEvent("connection_refused", 1);
    // Doubling gaps: a flood of connections must not become a flood of log lines.
    long count = refused.incrementAndGet();
    if (Long.bitCount(count) == 1) {
      log.warn(
          "{}: closed the connection of {} because of {} ({} so far)",
          nodeName,
          channel.remoteAddress(),
          limit,
          count);
    }
  }
}
