package io.forebay.destination.http;

import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.destination.Contexts;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.http.HttpOutputConfig.CustomTag;
import io.forebay.destination.http.HttpOutputConfig.Header;
import io.forebay.destination.http.HttpOutputConfig.Method;
import io.forebay.destination.http.HttpOutputConfig.Protocol;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Builds configurations for tests, from the defaults. */
final class HttpConfigs {

  private final URI endpoint;
  private Duration timeout = Duration.ofSeconds(10);
  private final List<Header> headers = new ArrayList<>();
  private BatchFormat format;
  private String payload;
  private final List<CustomTag> tags = new ArrayList<>();
  private BodyCompression compression = BodyCompression.UNCOMPRESSED;
  private AuthorizationSettings authorization;
  private AuthenticationSettings authentication;
  private TlsSettings tls;
  private Protocol protocol = Protocol.HTTP1;
  private Method method = Method.POST;

  private HttpConfigs(URI endpoint) {
    this.endpoint = endpoint;
  }

  static HttpConfigs to(String endpoint) {
    return new HttpConfigs(URI.create(endpoint));
  }

  HttpConfigs timeout(Duration value) {
    timeout = value;
    return this;
  }

  HttpConfigs header(String name, String value) {
    headers.add(new Header(name, new Secret(value)));
    return this;
  }

  HttpConfigs format(BatchFormat value) {
    format = value;
    return this;
  }

  HttpConfigs payload(String value) {
    payload = value;
    return this;
  }

  HttpConfigs tag(String name, String value) {
    tags.add(new CustomTag(name, value));
    return this;
  }

  HttpConfigs compression(BodyCompression value) {
    compression = value;
    return this;
  }

  HttpConfigs authorization(AuthorizationSettings value) {
    authorization = value;
    return this;
  }

  HttpConfigs authentication(AuthenticationSettings value) {
    authentication = value;
    return this;
  }

  HttpConfigs tls(TlsSettings value) {
    tls = value;
    return this;
  }

  HttpConfigs protocol(Protocol value) {
    protocol = value;
    return this;
  }

  HttpConfigs method(Method value) {
    method = value;
    return this;
  }

  HttpOutputConfig build() {
    return new HttpOutputConfig(
        Contexts.settings(4, timeout),
        endpoint,
        method,
        headers,
        format,
        null,
        null,
        payload,
        tags,
        compression,
        false,
        authorization,
        authentication,
        tls,
        protocol,
        null);
  }
}
