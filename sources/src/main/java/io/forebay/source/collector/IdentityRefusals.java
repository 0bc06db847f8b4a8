package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of clients that speak for an agent that their certificate does not name. Each
 * host and agent once an interval, within a bound on the lines of one. Thread safe.
 */
final class IdentityRefusals {

  private static final Logger log = LoggerFactory.getLogger(IdentityRefusals.class);

  private static final long INTERVAL_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final int MAX_LINES = 100;

  /** Who was refused. */
  private record Peer(String host, String agentId) {}

  private final String nodeName;
  private final Clock clock;

  /** Those of the interval of whom a line was written. */
  private final Set<Peer> told = new HashSet<>();

  private long interval = Long.MIN_VALUE;
  private long untold;

  IdentityRefusals(String nodeName, Clock clock) {
    this.nodeName = nodeName;
    this.clock = clock;
  }

  /** The client of a connection may not speak for the agent. */
  synchronized void refused(Attributes connection, String agentId, Fault why) {
    long now = clock.millis() / INTERVAL_MILLIS;
    if (now != interval) {
      interval = now;
      told.clear();
    }
    SocketAddress client = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    String host =
        client instanceof InetSocketAddress address
            ? address.getAddress().getHostAddress()
            : String.valueOf(client);
    Peer peer = new Peer(host, agentId);
    if (told.contains(peer) || told.size() == MAX_LINES) {
      untold++;
      return;
    }
    told.add(peer);
    log.warn(
        "{}: refused {}: {}{}",
        nodeName,
        host,
        why.status().getDescription(),
        untold == 0 ? "" : " (and " + untold + " refusals before that were not logged)");
    untold = 0;
  }
}
