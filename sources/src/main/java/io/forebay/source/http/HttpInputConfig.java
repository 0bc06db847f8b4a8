package io.forebay.source.http;

import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.source.net.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of {@code http_input}. */
public record HttpInputConfig(
    @Key(
            value = "TCP port to listen on; 0 for any free one.",
            required = true,
            min = 0,
            max = 65535)
        int port,
    @Key(value = "Address to listen on; 127.0.0.1 for this machine only.", defaultValue = "0.0.0.0")
        String listen,
    @Key("Regular expressions of the paths that are served; every path when missing.")
        List<Pattern> includedPaths,
    @Key("Regular expressions of paths that are answered 404 although they are included.")
        List<Pattern> excludedPaths,
    @Key("What clients must present; nobody is asked when missing.")
        @Nullable AuthenticationSettings authentication,
    @Key("TLS of the listener; plain text when missing.") @Nullable TlsSettings tls,
    @Key(
            value = "Time for a whole request, from its first byte to its last.",
            defaultValue = "1m",
            min = 1)
        Duration readTimeout,
    @Key(
            value =
                "Time for the answer, once a request has arrived; when it is not acknowledged by then, the client is told to send it again.",
            defaultValue = "30s",
            min = 1)
        Duration writeTimeout,
    @Key(
            value = "Time that a connection may be idle between requests.",
            defaultValue = "2m",
            min = 1)
        Duration idleTimeout,
    @Key(
            value = "Largest body in bytes as it is sent, before it is decompressed.",
            defaultValue = "10MiB",
            min = 1,
            max = 1 << 30)
        DataSize maxBodySize,
    @Key(
            value = "Largest body in bytes after it was decompressed.",
            defaultValue = "64MiB",
            min = 1,
            max = 1 << 30)
        DataSize maxDecompressedSize,
    @Key(
            value =
                "Longest line in bytes; a longer one is cut there, the rest skipped and counted.",
            defaultValue = "1MiB",
            min = 1,
            max = 1 << 30)
        DataSize maxLineSize,
    @Key(
            value =
                "Bytes of all requests that may be in memory, from receipt to acknowledgement; requests beyond that are answered 429. A quarter of the heap when missing.",
            min = 1)
        @Nullable DataSize maxPendingSize,
    @Key(value = "Connections open at once at most.", defaultValue = "1024", min = 1)
        int maxConnections,
    @Key(
            value = "Connections open at once from one client address; 0 for no limit.",
            defaultValue = "0",
            min = 0)
        int maxConnectionsPerIp,
    @Key(
            value =
                "Requests that may be under way at once, those that wait for their acknowledgement included; more are answered 429.",
            defaultValue = "256",
            min = 1)
        int activeRequestLimit,
    @Key(
            value = "How a body without Content-Encoding is compressed.",
            defaultValue = "uncompressed")
        ContentCoding compression,
    @Key(
            value = "Accepted so that existing files work; bodies are always read as documented.",
            aliases = "parse_mode",
            defaultValue = "auto")
        LogParsingMode logParsingMode,
    @Key(
            value =
                "Threads that decompress and split bodies; the number of processors when missing, and never more than twice that.",
            aliases = "parallel_workers",
            min = 1)
        @Nullable Integer parallelWorkerCount,
    @Key("Request headers that are kept as attributes, as http.request.header.<name>.")
        List<String> attributesFromHeader,
    @Key(
            value = "What clients are told to wait before they try again, in whole seconds.",
            defaultValue = "5s",
            min = 1)
        Duration retryAfter)
    implements Validated {

  /** The values that existing files have. */
  public enum LogParsingMode {
    AUTO,
    BASIC,
    FULL
  }

  @Override
  public void validate(Complaints complaints) {
    ServerTls.validate(tls, complaints);
    for (String header : attributesFromHeader) {
      if (header.equalsIgnoreCase("authorization")
          || header.equalsIgnoreCase("proxy-authorization")) {
        complaints.report(
            "attributes_from_header",
            header + " holds credentials, which must not become an attribute; remove it");
      }
    }
  }
}
