package io.forebay.destination.collector;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.MemoryBuffer;
import io.forebay.core.config.DestinationSettings.Resilience;
import io.forebay.core.config.DestinationSettings.RetrySettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys of a {@code collector_output} node. */
public record CollectorOutputConfig(
    @Key(value = "Name or address of the collector, or name:port.", required = true)
        String endpoint,
    @Key(value = "Its port, where endpoint does not name it.", min = 1, max = 65535)
        @Nullable Integer port,
    @Key(
            "Who sends, for the collector: the same in every run, at most 255 bytes. When missing, a"
                + " random one is made once and kept in the agent's data directory.")
        @Nullable String agentId,
    @Key(value = "Events in a message at most.", defaultValue = "32", min = 1, max = 65536)
        int batchSize,
    @Key("What is sent before the collector's answer is waited for.") Window window,
    @Key(
            value = "Time from a window's first message to the collector's answer, at most.",
            defaultValue = "30s",
            min = 1)
        Duration requestTimeout,
    @Key(
            value = "Time to connect, the TLS handshake included.",
            defaultValue = "10s",
            min = 1,
            max = 600_000)
        Duration connectTimeout,
    @Key(value = "Time for the answer to a HealthCheck.", defaultValue = "10s", min = 1)
        Duration healthCheckTimeout,
    @Key("Finds out that the connection is dead though nothing is sent.") Keepalive keepalive,
    @Key("TLS towards the collector; needed unless it listens on a loopback address.")
        @Nullable TlsSettings tls,
    @Key("Name that the collector's certificate must have, where it is not that of endpoint.")
        @Nullable String serverName,
    @Key(value = "Compression of messages.", defaultValue = "none") MessageCompression compression,
    @Key(
            value = "Always 1: events go out in the order of their numbers.",
            aliases = "parallel_workers",
            defaultValue = "1",
            min = 1,
            max = 1)
        int parallelWorkerCount,
    @Key("The queue in memory, before anything is sent or spilled.")
        @Nullable MemoryBuffer memoryBuffer,
    @Key("Waiting between attempts.") @Nullable RetrySettings retry,
    @Key("When sending pauses after failures.") @Nullable Resilience resilience,
    @Key("The queue on disk: a ring.") @Nullable RingSettings persistentQueue,
    @Key("Where events that the collector rejects are kept.")
        @Nullable DeadLetterSettings deadLetters)
    implements Validated {

  private static final int MAX_AGENT_ID_BYTES = 255;

  /** Delivery's own timeout stands behind those of the wire, which know what they waited for. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** The {@code window} block. */
  public record Window(
      @Key(value = "Events in a window at most.", defaultValue = "4096", min = 1, max = 1_000_000)
          int size,
      @Key(value = "Bytes of encoded events in a window at most.", defaultValue = "1MiB", min = 1)
          DataSize maxByteSize,
      @Key(value = "Time that an incomplete window waits for more.", defaultValue = "1s")
          Duration timeout) {}

  /** The {@code keepalive} block. */
  public record Keepalive(
      @Key(
              value = "Silence after which the collector is asked for a sign of life.",
              defaultValue = "30s",
              min = 10_000)
          Duration time,
      @Key(
              value = "Time for that sign; then the connection counts as broken.",
              defaultValue = "10s",
              min = 10)
          Duration timeout) {}

  /** Compression of messages, by gRPC's names. */
  public enum MessageCompression {
    NONE,
    GZIP
  }

  /** What delivery needs: a window is its batch. */
  DestinationSettings delivery() {
    return new DestinationSettings(
        1,
        window.size(),
        window.maxByteSize(),
        window.timeout(),
        connectTimeout.plus(healthCheckTimeout).plus(requestTimeout).plus(GRACE),
        memoryBuffer,
        retry,
        resilience,
        persistentQueue == null ? null : persistentQueue.shared(),
        deadLetters);
  }

  /**
   * Where to connect to.
   *
   * @throws IllegalArgumentException when the keys name no such place
   */
  Endpoint target() {
    return Endpoint.parse(endpoint, port);
  }

  /** The TLS settings to use; null for plain text. */
  @Nullable TlsSettings security() {
    return tls != null && tls.enabled() ? tls : null;
  }

  @Override
  public void validate(Complaints complaints) {
    try {
      Endpoint target = target();
      if (tls == null && !target.isLoopback()) {
        complaints.report(
            "endpoint",
            "events would go to "
                + target
                + " in plain text; add a tls block, or tls: {enabled: false} to have it so");
      }
    } catch (IllegalArgumentException e) {
      complaints.report("endpoint", "endpoint " + e.getMessage());
    }
    if (agentId != null) {
      int bytes = agentId.getBytes(StandardCharsets.UTF_8).length;
      if (agentId.isBlank() || bytes > MAX_AGENT_ID_BYTES) {
        complaints.report(
            "agent_id", "agent_id has " + bytes + " bytes; it needs 1 to " + MAX_AGENT_ID_BYTES);
      } else if (agentId.chars().anyMatch(Character::isISOControl)) {
        complaints.report("agent_id", "agent_id holds a control character");
      }
    }
    if (serverName != null && security() == null) {
      complaints.report("server_name", "server_name means nothing without TLS");
    }
    delivery().validate(complaints);
  }
}
