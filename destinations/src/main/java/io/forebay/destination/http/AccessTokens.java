package io.forebay.destination.http;

import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.destination.http.AuthorizationSettings.ClientAuthentication;
import io.forebay.destination.http.AuthorizationSettings.ClientCredentials;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * OAuth 2.0 access tokens by the client credentials grant. One request at a time, whose token all
 * callers share until shortly before it expires or a receiver has refused it. Thread safe.
 */
final class AccessTokens {

  private static final Duration MAX_MARGIN = Duration.ofMinutes(1);

  /** A server that names no lifetime is asked again after this, or when the token is refused. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

  private static final int MAX_REPLY_BYTES = 64 << 10;

  private final ClientCredentials settings;
  private final HttpTransport transport;
  private final HttpOutcome outcome;
  private final Redaction redaction;
  private final Clock clock;
  private final Mono<AccessToken> shared;
  private volatile @Nullable AccessToken refused;

  AccessTokens(ClientCredentials settings, HttpTransport transport, Clock clock) {
    this.settings = settings;
    this.transport = transport;
    this.outcome =
        new HttpOutcome("token endpoint " + EndpointRules.describe(settings.tokenUrl()), clock);
    this.redaction =
        Redaction.of(List.of(settings.clientSecret().reveal(), basicCredentials(settings)));
    this.clock = clock;
    this.shared = Mono.defer(this::request).cacheInvalidateIf(this::isStale);
  }

  /**
   * A usable token, asked for on subscription when there is none. Fails with {@link
   * TokenUnavailableException} and nothing else; a failure is not remembered.
   */
  Mono<AccessToken> current() {
    return shared;
  }

  /** A receiver did not accept this token: the next caller gets another one. */
  void refuse(AccessToken token) {
    refused = token;
  }

  /** Puts a token into the headers of a request to the receiver. */
  void authorize(HttpHeaders headers, AccessToken token) {
    List<HeaderTemplate> templates = settings.headerTemplates();
    if (templates.stream().noneMatch(HeaderTemplate::holdsToken)) {
      headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token.value());
    }
    templates.forEach(template -> headers.set(template.header(), template.filled(token)));
  }

  private boolean isStale(AccessToken token) {
    return token.equals(refused) || !clock.instant().isBefore(token.renewAt());
  }

  private Mono<AccessToken> request() {
    byte[] form = form().getBytes(StandardCharsets.UTF_8);
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded");
    headers.set(HttpHeaderNames.ACCEPT, "application/json");
    if (settings.clientAuthentication() == ClientAuthentication.HEADER) {
      headers.set(HttpHeaderNames.AUTHORIZATION, "Basic " + basicCredentials(settings));
    }
    HttpCall call =
        new HttpCall(
            HttpMethod.POST,
            settings.tokenUrl(),
            headers,
            () -> Unpooled.wrappedBuffer(form),
            form.length,
            MAX_REPLY_BYTES);
    return transport
        .exchange(call)
        .onErrorMap(failure -> new TokenUnavailableException(outcome.ofFailure(failure)))
        .flatMap(this::read);
  }

  private Mono<AccessToken> read(HttpReply reply) {
    SendResult result = outcome.ofReply(reply, redaction);
    if (!(result instanceof SendResult.Delivered)) {
      return Mono.error(new TokenUnavailableException(forBatch(result)));
    }
    TokenReply token = TokenReply.parse(reply.head());
    if (token == null) {
      String why = "the token endpoint's answer holds no access_token that can be used";
      return Mono.error(new TokenUnavailableException(new Paused(why)));
    }
    Long seconds = token.expiresInSeconds();
    Duration lifetime = seconds == null ? DEFAULT_LIFETIME : Duration.ofSeconds(seconds);
    Duration tenth = lifetime.dividedBy(10);
    Duration margin = tenth.compareTo(MAX_MARGIN) < 0 ? tenth : MAX_MARGIN;
    Instant renewAt = clock.instant().plus(lifetime).minus(margin);
    return Mono.just(new AccessToken(token.accessToken(), renewAt));
  }

  /** It is the credentials that a token endpoint refuses, never the batch. */
  private static SendResult forBatch(SendResult result) {
    if (result instanceof Rejected rejected) {
      return new Paused(rejected.why());
    }
    if (result instanceof TooLarge tooLarge) {
      return new Paused(tooLarge.why());
    }
    return result instanceof Paused || result instanceof Retry
        ? result
        : new Retry("no token: " + result);
  }

  private String form() {
    Map<String, String> fields = new LinkedHashMap<>(settings.extraParameters());
    fields.put("grant_type", "client_credentials");
    if (!settings.scopes().isEmpty()) {
      fields.put("scope", String.join(" ", settings.scopes()));
    }
    if (settings.clientAuthentication() == ClientAuthentication.BODY) {
      fields.put("client_id", settings.clientId());
      fields.put("client_secret", settings.clientSecret().reveal());
    }
    return fields.entrySet().stream()
        .map(field -> formEncoded(field.getKey()) + "=" + formEncoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
  private static String basicCredentials(ClientCredentials settings) {
    String pair =
        formEncoded(settings.clientId()) + ":" + formEncoded(settings.clientSecret().reveal());
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String formEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
