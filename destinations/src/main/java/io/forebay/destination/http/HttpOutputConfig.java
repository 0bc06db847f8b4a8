package io.forebay.destination.http;

import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of an {@code http_output} node. */
public record HttpOutputConfig(
    @Key(value = "The keys of every destination.", flattened = true) DestinationSettings delivery,
    @Key(value = "Where requests go: a whole http or https URL.", required = true) URI endpoint,
    @Key(value = "Method of the requests.", defaultValue = "POST") Method method,
    @Key("Headers of every request; never printed.") List<Header> headers,
    @Key(
            "How the items stand in a body: ndjson (a JSON line an item), json_array, or raw (bodies alone, a line feed after each); ndjson when missing.")
        @Nullable BatchFormat bodyFormat,
    @Key("json for body_format ndjson, or raw.") @Nullable Encoder encoder,
    @Key("Sends a part of each item instead of the whole.") @Nullable BodyMapping bodyMapping,
    @Key(
            value = "How bodies are compressed: uncompressed, gzip or zstd.",
            defaultValue = "uncompressed")
        BodyCompression compression,
    @Key(value = "Overrides compression with uncompressed.", defaultValue = "false")
        boolean disableCompression,
    @Key("OAuth 2.0 client credentials.") @Nullable AuthorizationSettings authorization,
    @Key("HTTP Basic or a fixed bearer token.") @Nullable AuthenticationSettings authentication,
    @Key("Certificates and protocol versions of an https endpoint.") @Nullable TlsSettings tls,
    @Key(
            value = "http1; h2 (HTTP/2 over TLS); or h2c (HTTP/2 without TLS, known beforehand).",
            defaultValue = "http1")
        Protocol protocol,
    @Key(
            value = "Age at which a connection is replaced by a new one; no limit when missing.",
            min = 1)
        @Nullable Duration maxConnectionAge)
    implements Validated {

  public HttpOutputConfig {
    headers = List.copyOf(headers);
  }

  /** Methods that carry a body. */
  public enum Method {
    POST,
    PUT,
    PATCH
  }

  /** Edge Delta's name for a form of the body. */
  public enum Encoder {
    JSON,
    RAW
  }

  /** Protocol of the connections. */
  public enum Protocol {
    HTTP1,
    H2,
    H2C
  }

  /** One header of every request. */
  public record Header(
      @Key(value = "Name of the header.", required = true) String header,
      @Key(value = "Its value; never printed.", required = true) Secret value) {}

  /** The {@code body_mapping} block. */
  public record BodyMapping(
      @Key(value = "Whether the block is used.", defaultValue = "true") boolean enabled,
      @Key(value = "The part to send: body.", defaultValue = "body") String path) {}

  /** The form of the bodies, whichever key chose it. */
  public BatchFormat format() {
    if (bodyMapping != null && bodyMapping.enabled()) {
      return BatchFormat.RAW;
    }
    if (bodyFormat != null) {
      return bodyFormat;
    }
    return encoder == Encoder.RAW ? BatchFormat.RAW : BatchFormat.NDJSON;
  }

  /** The compression, {@code disable_compression} considered. */
  public BodyCompression effectiveCompression() {
    return disableCompression ? BodyCompression.UNCOMPRESSED : compression;
  }

  @Override
  public void validate(Complaints complaints) {
    EndpointRules.check("endpoint", endpoint, complaints);
    boolean https = EndpointRules.isHttps(endpoint);
    if (tls != null && tls.enabled() && !https) {
      complaints.report("tls", "tls needs an https endpoint; write https:// or remove the block");
    }
    if (tls != null && !tls.enabled() && https) {
      complaints.report(
          "tls", "an https endpoint uses TLS; write http:// or remove tls.enabled: false");
    }
    if (protocol == Protocol.H2 && !https) {
      complaints.report("protocol", "h2 needs an https endpoint; write protocol: h2c for http");
    }
    if (protocol == Protocol.H2C && https) {
      complaints.report("protocol", "h2c is HTTP/2 without TLS; write protocol: h2 for https");
    }
    for (Header header : headers) {
      HeaderRules.check(header, authentication != null || authorization != null, complaints);
    }
    if (authentication != null && authorization != null) {
      complaints.report(
          "authorization", "authentication and authorization exclude each other; keep one");
    }
    if (bodyFormat != null && encoder != null && conflicts(bodyFormat, encoder)) {
      complaints.report("encoder", "encoder and body_format name different forms; keep one");
    }
    if (bodyMapping != null && bodyMapping.enabled()) {
      if (!bodyMapping.path().equals("body")) {
        complaints.report("body_mapping", "path can only be body");
      }
      if (bodyFormat != null && bodyFormat != BatchFormat.RAW) {
        complaints.report(
            "body_mapping", "body_mapping sends bodies alone; write body_format: raw or remove it");
      }
    }
  }

  private static boolean conflicts(BatchFormat format, Encoder encoder) {
    return (format == BatchFormat.RAW) != (encoder == Encoder.RAW);
  }
}
