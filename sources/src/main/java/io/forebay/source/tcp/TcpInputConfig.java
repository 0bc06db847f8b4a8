package io.forebay.source.tcp;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.source.net.ServerTls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys of {@code tcp_input}. */
public record TcpInputConfig(
    @Key(
            value = "TCP port to listen on; 0 for any free one.",
            required = true,
            min = 0,
            max = 65535)
        int port,
    @Key(value = "Address to listen on; 127.0.0.1 for this machine only.", defaultValue = "0.0.0.0")
        String listen,
    @Key("TLS of the listener; plain text when missing.") @Nullable TlsSettings tls,
    @Key(
            value =
                "Longest line in bytes; a longer one is cut there, the rest skipped and counted.",
            defaultValue = "1MiB",
            min = 1,
            max = 64 << 20)
        DataSize maxLineSize,
    @Key(value = "Connections open at once at most.", defaultValue = "1024", min = 1)
        int maxConnections,
    @Key(
            value = "Connections open at once from one client address; 0 for no limit.",
            defaultValue = "0",
            min = 0)
        int maxConnectionsPerIp,
    @Key(
            value =
                "A connection that sends nothing for so long is closed; no limit when missing. Time in which the agent itself does not read does not count.",
            min = 1)
        @Nullable Duration readTimeout,
    @Key(
            value = "Adds the client's address to each item as the attribute client.address.",
            defaultValue = "false")
        boolean showOriginatingIp,
    @Key(
            value =
                "Bytes of one connection that may wait for their acknowledgement; it is not read beyond that.",
            defaultValue = "16MiB",
            min = 1)
        DataSize maxPendingSizePerConnection,
    @Key(
            value =
                "Bytes of all connections that may wait for their acknowledgement; none is read beyond that.",
            defaultValue = "64MiB",
            min = 1)
        DataSize maxPendingSize)
    implements Validated {

  @Override
  public void validate(Complaints complaints) {
    ServerTls.validate(tls, complaints);
  }
}
