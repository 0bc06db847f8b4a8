package io.forebay.destination.http;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.AuthenticationSettings.Strategy;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Secret;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.BodyMemory;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** Makes {@code http_output} nodes. */
public final class HttpDestinationFactory implements DestinationFactory<HttpOutputConfig> {

  @Override
  public String type() {
    return "http_output";
  }

  @Override
  public String summary() {
    return "Sends batches to an HTTP endpoint, by default as newline-delimited JSON.";
  }

  @Override
  public Class<HttpOutputConfig> configType() {
    return HttpOutputConfig.class;
  }

  @Override
  public DestinationSettings settings(HttpOutputConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(HttpOutputConfig config, ComponentContext context) {
    DestinationSettings settings = config.delivery();
    int workers = settings.workers();
    HttpTransport transport =
        new HttpTransport(
            context.nodeName(),
            workers,
            settings.requestTimeout(),
            config.maxConnectionAge(),
            config.protocol(),
            config.tls(),
            context.clock());
    AuthorizationSettings authorization = config.authorization();
    HttpHeaders headers = headers(config);
    return new HttpDestination(
        HttpMethod.valueOf(config.method().name()),
        config.endpoint(),
        headers,
        new BatchEncoder(
            config.form(),
            config.effectiveCompression(),
            Schedulers.parallel(),
            workers,
            BodyMemory.ofProcess()),
        transport,
        authorization == null
            ? null
            : new AccessTokens(authorization.clientCredentials(), transport, context.clock()),
        new HttpOutcome(EndpointRules.describe(config.endpoint()), context.clock()),
        Redaction.of(secrets(config, headers)));
  }

  private static HttpHeaders headers(HttpOutputConfig config) {
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.USER_AGENT, "forebay");
    headers.set(HttpHeaderNames.CONTENT_TYPE, config.format().contentType());
    BodyCompression compression = config.effectiveCompression();
    String encoding = compression.contentEncoding();
    if (encoding != null) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, encoding);
    }
    AuthenticationSettings authentication = config.authentication();
    if (authentication != null) {
      headers.set(HttpHeaderNames.AUTHORIZATION, credentials(authentication));
    }
    // A configured header takes the place of ours; two of one name stand beside each other.
    config.headers().forEach(header -> headers.remove(header.header()));
    config.headers().forEach(header -> headers.add(header.header(), header.value().reveal()));
    return headers;
  }

  private static String credentials(AuthenticationSettings authentication) {
    if (authentication.strategy() == Strategy.BEARER) {
      return "Bearer " + reveal(authentication.secret());
    }
    String user = authentication.username();
    String pair = (user == null ? "" : user) + ":" + reveal(authentication.password());
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String reveal(@Nullable Secret secret) {
    return secret == null ? "" : secret.reveal();
  }

  private static List<String> secrets(HttpOutputConfig config, HttpHeaders headers) {
    List<String> secrets = new ArrayList<>();
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null) {
      secrets.add(authorization);
    }
    config.headers().forEach(header -> secrets.add(header.value().reveal()));
    AuthorizationSettings tokens = config.authorization();
    if (tokens != null) {
      tokens.clientCredentials().headerTemplates().stream()
          .map(template -> template.value().reveal())
          .forEach(secrets::add);
    }
    AuthenticationSettings authentication = config.authentication();
    if (authentication != null) {
      secrets.add(reveal(authentication.password()));
    }
    String query = config.endpoint().getRawQuery();
    if (query != null) {
      secrets.add(query);
      for (String parameter : query.split("&", -1)) {
        secrets.add(parameter.substring(parameter.indexOf('=') + 1));
      }
    }
    return secrets;
  }
}
