package io.forebay.destination.tcp;

import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.destination.encoding.BatchFormat;
import org.jspecify.annotations.Nullable;

/** The keys of a {@code tcp_output} node. */
public record TcpOutputConfig(
    @Key(value = "The keys of every destination.", flattened = true) DestinationSettings delivery,
    @Key(value = "Name or address of the receiver.", defaultValue = "127.0.0.1") String host,
    @Key(value = "Its port.", required = true, min = 1, max = 65535) int port,
    @Key(
            value =
                "raw sends an item's body and a line feed, json its JSON line, msgpack the same as a map.",
            aliases = "encoding",
            defaultValue = "raw")
        Encoder encoder,
    @Key(
            value = "Connections at once; as many as there are workers when missing.",
            min = 1,
            max = 1024)
        @Nullable Integer poolSize,
    @Key("TLS towards the receiver; none when missing.") @Nullable TlsSettings tls)
    implements Validated {

  /** What is sent of an item. */
  public enum Encoder {
    RAW(BatchFormat.RAW),
    JSON(BatchFormat.NDJSON),
    MSGPACK(BatchFormat.MSGPACK_STREAM);

    private final BatchFormat format;

    Encoder(BatchFormat format) {
      this.format = format;
    }

    BatchFormat format() {
      return format;
    }
  }

  /** Connections at once. */
  int connections() {
    return poolSize == null ? delivery.workers() : Math.min(poolSize, delivery.workers());
  }

  @Override
  public void validate(Complaints complaints) {
    if (host.isBlank()) {
      complaints.report("host", "names no host");
    }
  }
}
