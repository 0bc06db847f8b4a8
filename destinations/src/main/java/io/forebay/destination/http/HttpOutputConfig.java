package io.forebay.destination.http;

import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated;
import io.forebay.core.item.FieldPath;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.BodyForm;
import io.forebay.destination.encoding.PayloadForm;
import io.forebay.destination.encoding.PayloadTemplate;
import io.forebay.destination.encoding.TaggedForm;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of an {@code http_output} node. */
public record HttpOutputConfig(
    @Key(value = "The keys of every destination.", flattened = true) DestinationSettings delivery,
    @Key(value = "Where requests go: a whole http or https URL.", required = true) URI endpoint,
    @Key(value = "Method of the requests.", defaultValue = "POST") Method method,
    @Key("Headers of every request; never printed.") List<Header> headers,
    @Key(
            "How the items stand in a body: ndjson (a JSON line an item), json_array, raw (bodies alone, a line feed after each), msgpack (an array of maps), msgpack_stream (the maps alone) or splunk (events of the HTTP Event Collector); ndjson when missing.")
        @Nullable BatchFormat bodyFormat,
    @Key(
            value = "json for body_format ndjson; msgpack, splunk or raw for those.",
            aliases = "encoding")
        @Nullable Encoder encoder,
    @Key("Sends a part of each item instead of the whole.") @Nullable BodyMapping bodyMapping,
    @Key(
            "What is sent of each item instead of its JSON object: a text with {{ .item.body }} and the like in it.")
        @Nullable String payload,
    @Key("Attributes that are put on each item before it is sent.") List<CustomTag> customTags,
    @Key(
            value = "How bodies are compressed: uncompressed, gzip, zstd or snappy (blocks).",
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
    customTags = List.copyOf(customTags);
  }

  /** Methods that carry a body. */
  public enum Method {
    POST,
    PUT,
    PATCH
  }

  /** Edge Delta's name for a form of the body. */
  public enum Encoder {
    JSON(BatchFormat.NDJSON, BatchFormat.JSON_ARRAY),
    MSGPACK(BatchFormat.MSGPACK, BatchFormat.MSGPACK_STREAM),
    SPLUNK(BatchFormat.SPLUNK, BatchFormat.SPLUNK),
    RAW(BatchFormat.RAW, BatchFormat.RAW);

    private final BatchFormat format;
    private final BatchFormat alsoFits;

    Encoder(BatchFormat format, BatchFormat alsoFits) {
      this.format = format;
      this.alsoFits = alsoFits;
    }
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
      @Key(
              value =
                  "The part to send: body, severity_text, attributes, resource, or a field of the last two.",
              defaultValue = "body")
          String path) {}

  /** One of {@code custom_tags}. */
  public record CustomTag(
      @Key(value = "Name of the attribute.", required = true) String name,
      @Key(value = "Its value.", required = true) String value) {}

  /** The format of the bodies, whichever key chose it. */
  public BatchFormat format() {
    if (bodyMapping != null && bodyMapping.enabled()) {
      return BatchFormat.RAW;
    }
    if (bodyFormat != null) {
      return bodyFormat;
    }
    return encoder == null ? BatchFormat.NDJSON : encoder.format;
  }

  /** The form of the bodies, with the template and the tags. */
  public BodyForm form() {
    BodyForm form = format();
    if (payload != null) {
      boolean array = form == BatchFormat.JSON_ARRAY;
      form = new PayloadForm(PayloadTemplate.parse(payload), form.contentType(), array);
    } else if (bodyMapping != null && bodyMapping.enabled() && !bodyMapping.path().equals("body")) {
      FieldPath path = FieldPath.parse(bodyMapping.path());
      form = new PayloadForm(PayloadTemplate.of(path), form.contentType(), false);
    }
    if (customTags.isEmpty()) {
      return form;
    }
    Map<String, String> tags = new LinkedHashMap<>();
    customTags.forEach(tag -> tags.put(tag.name(), tag.value()));
    return new TaggedForm(form, tags);
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
    validateForm(complaints);
  }

  private void validateForm(Complaints complaints) {
    if (bodyFormat != null
        && encoder != null
        && bodyFormat != encoder.format
        && bodyFormat != encoder.alsoFits) {
      complaints.report("encoder", "encoder and body_format name different forms; keep one");
    }
    if (bodyMapping != null && bodyMapping.enabled()) {
      try {
        FieldPath.parse(bodyMapping.path());
      } catch (IllegalArgumentException e) {
        complaints.report("body_mapping", "path: " + e.getMessage());
      }
      if (bodyFormat != null && bodyFormat != BatchFormat.RAW) {
        complaints.report(
            "body_mapping", "body_mapping sends bodies alone; write body_format: raw or remove it");
      }
    }
    if (payload != null) {
      try {
        PayloadTemplate.parse(payload);
      } catch (IllegalArgumentException e) {
        complaints.report("payload", "payload: " + e.getMessage());
      }
      if (format() != BatchFormat.NDJSON && format() != BatchFormat.JSON_ARRAY) {
        complaints.report(
            "payload",
            "payload takes the place of an item's JSON object; remove it, or write body_format:"
                + " ndjson or json_array and no body_mapping");
      }
    }
    boolean bodiesAlone =
        format() == BatchFormat.RAW && (bodyMapping == null || bodyMapping.path().equals("body"));
    if (!customTags.isEmpty() && bodiesAlone) {
      complaints.report(
          "custom_tags", "custom_tags are attributes, which raw bodies do not hold; remove one");
    }
  }
}
