package io.forebay.source.collector;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.source.net.ServerTls;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of {@code collector_input}. */
public record CollectorInputConfig(
    @Key(
            value = "TCP port to listen on; 0 for any free one.",
            required = true,
            min = 0,
            max = 65535)
        int port,
    @Key(value = "Address to listen on; 127.0.0.1 for this machine only.", defaultValue = "0.0.0.0")
        String listen,
    @Key(
            "TLS of the listener. Needed unless it listens on this machine only; tls: {enabled: false} says that plain text from the network is meant.")
        @Nullable TlsSettings tls,
    @Key(
            value =
                "Which name in the client's certificate must be the agent's id; none checks nothing.",
            defaultValue = "none")
        AgentIdCheck agentIdCheck,
    @Key(
            value = "Largest message in bytes, after it was decompressed.",
            defaultValue = "4MiB",
            min = 1024,
            max = 64 << 20)
        DataSize maxMessageSize,
    @Key(value = "Events of one window at most.", defaultValue = "100000", min = 1)
        int maxWindowEvents,
    @Key(value = "Bytes of one window at most.", defaultValue = "64MiB", min = 1024)
        DataSize maxWindowSize,
    @Key(
            value =
                "Bytes of all agents that may wait for their acknowledgement; beyond that no message is read and new windows are refused.",
            defaultValue = "64MiB",
            min = 1024)
        DataSize maxPendingSize,
    @Key(value = "Windows that may be under way at once.", defaultValue = "1024", min = 1)
        int maxStreams,
    @Key(value = "Connections open at once at most.", defaultValue = "1024", min = 1)
        int maxConnections,
    @Key(
            value = "Connections open at once from one client address; 0 for no limit.",
            defaultValue = "0",
            min = 0)
        int maxConnectionsPerIp,
    @Key(
            value =
                "Agents whose cursors are kept; the one that has been silent for the longest time is forgotten for a new one.",
            defaultValue = "100000",
            min = 1,
            max = 1_000_000)
        int maxAgents,
    @Key(
            value =
                "A window in which nothing arrives for so long, and a connection without any, is ended.",
            defaultValue = "1m",
            min = 1)
        Duration idleTimeout,
    @Key(
            value = "A silent connection is asked after so long whether its client is still there.",
            defaultValue = "1m",
            min = 1000)
        Duration keepaliveTime,
    @Key(
            value = "A connection whose client asks the same more often is closed.",
            defaultValue = "5s",
            min = 1)
        Duration keepaliveMinTime,
    @Key(
            value =
                "What agents are told to wait under pressure before they try again; spread from half of it to one and a half.",
            defaultValue = "5s",
            min = 1)
        Duration retryAfter)
    implements Validated {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|::1|\\[::1]|127\\.[0-9]+\\.[0-9]+\\.[0-9]+");

  @Override
  public void validate(Complaints complaints) {
    ServerTls.validate(tls, complaints);
    if (tls == null && !LOOPBACK.matcher(listen).matches()) {
      complaints.report(
          "listen",
          "without TLS everybody on the way can read and change everything; set tls, or listen:"
              + " 127.0.0.1, or say tls: {enabled: false} if plain text is meant");
    }
    if (agentIdCheck != AgentIdCheck.NONE
        && (tls == null
            || !tls.enabled()
            || tls.clientAuthType() != TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT)) {
      complaints.report(
          "agent_id_check",
          "agent_id_check needs certificates that were verified; set tls with client_auth_type:"
              + " requireandverifyclientcert");
    }
    if (maxMessageSize.bytes() > maxPendingSize.bytes()) {
      complaints.report("max_message_size", "max_message_size is larger than max_pending_size");
    }
  }
}
