package io.forebay.destination.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.config.Secret;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import io.forebay.destination.http.AuthorizationSettings.ClientAuthentication;
import io.forebay.destination.http.AuthorizationSettings.ClientCredentials;
import io.forebay.destination.http.AuthorizationSettings.Strategy;
import io.forebay.destination.http.HttpReceiver.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class AccessTokensTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpReceiver issuer = new HttpReceiver(server -> server);
  private final HttpReceiver receiver = new HttpReceiver(server -> server);
  private final AtomicInteger issued = new AtomicInteger();
  private Destination destination;

  @BeforeEach
  void start() {
    issuer.start();
    receiver.start();
    issueTokens(3600);
    destination = destination(ClientAuthentication.HEADER);
  }

  @AfterEach
  void stop() {
    destination.close().block(PATIENCE);
    issuer.stop();
    receiver.stop();
  }

  @Test
  void asksForATokenOnceAndSendsIt() {
    for (int i = 0; i < 3; i++) {
      assertThat(send()).isInstanceOf(Delivered.class);
    }

    assertThat(issuer.received()).hasSize(1);
    assertThat(authorizations()).containsOnly("Bearer token-1");
    HttpReceiver.Received request = issuer.received().get(0);
    assertThat(request.headers().get("Content-Type"))
        .isEqualTo("application/x-www-form-urlencoded");
    // client:se%2Fcret+%2B in base64: both are form-encoded first.
    assertThat(request.headers().get("Authorization"))
        .isEqualTo("Basic Y2xpZW50OnNlJTJGY3JldCsl" + "MkI=");
    assertThat(new String(request.body(), StandardCharsets.UTF_8).split("&"))
        .containsExactlyInAnyOrder(
            "grant_type=client_credentials", "scope=a+b", "audience=logs%26metrics");
  }

  @Test
  void sendsTheCredentialsInTheFormWhenToldTo() {
    destination.close().block(PATIENCE);
    destination = destination(ClientAuthentication.BODY);

    assertThat(send()).isInstanceOf(Delivered.class);

    HttpReceiver.Received request = issuer.received().get(0);
    assertThat(request.headers().contains("Authorization")).isFalse();
    assertThat(new String(request.body(), StandardCharsets.UTF_8))
        .contains("client_id=client", "client_secret=se%2Fcret+%2B");
  }

  @Test
  void concurrentSendsShareOneRequest() {
    issuer.answer(request -> token(3600).delayElement(Duration.ofMillis(200)));

    List<SendResult> results =
        Flux.range(0, 4)
            .flatMap(i -> destination.send(Items.batch(List.of(Items.numbered(i)))))
            .collectList()
            .block(PATIENCE);

    assertThat(results).hasSize(4).allMatch(result -> result instanceof Delivered);
    assertThat(issuer.received()).hasSize(1);
  }

  @Test
  void oneCancelledSendDoesNotTakeTheTokenFromTheOthers() {
    issuer.answer(request -> token(3600).delayElement(Duration.ofMillis(300)));

    Disposable first = destination.send(Items.batch(List.of(Items.numbered(1)))).subscribe();
    Mono<SendResult> second = destination.send(Items.batch(List.of(Items.numbered(2)))).cache();
    second.subscribe();
    first.dispose();

    assertThat(second.block(PATIENCE)).isInstanceOf(Delivered.class);
  }

  @Test
  void asksAgainBeforeTheTokenExpires() {
    issueTokens(0);

    send();
    send();

    assertThat(authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void asksAgainOnceWhenTheReceiverRefusesTheToken() {
    receiver.answer(
        request ->
            Mono.just(
                Answer.of(
                    "Bearer token-2".equals(request.headers().get("Authorization")) ? 200 : 401)));

    assertThat(send()).isInstanceOf(Delivered.class);

    assertThat(authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void pausesWhenTheReceiverRefusesEveryToken() {
    receiver.answer(
        request -> Mono.just(Answer.of(401, "no: " + request.headers().get("Authorization"))));

    SendResult result = send();

    assertThat(((Paused) result).why()).contains("401").doesNotContain("token-2");
    assertThat(receiver.received()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 422})
  void pausesWhenTheTokenEndpointRefusesUs(int status) {
    issuer.answer(Answer.of(status, "{\"error\":\"invalid_client\",\"secret\":\"se/cret +\"}"));

    assertThat(((Paused) send()).why())
        .contains("token endpoint", "invalid_client")
        .doesNotContain("se/cret +");
    assertThat(receiver.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void triesAgainWhenTheTokenEndpointIsUnwell(int status) {
    issuer.answer(Answer.of(status).with("Retry-After: 3"));

    assertThat(((Retry) send()).after()).isEqualTo(Duration.ofSeconds(3));

    issueTokens(3600);
    assertThat(send()).isInstanceOf(Delivered.class);
  }

  @Test
  void triesAgainWhenTheTokenEndpointIsDown() {
    issuer.stop();

    assertThat(((Retry) send()).why()).contains("token endpoint", "does not accept connections");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"access_token\":7}",
        "{\"access_token\":\"two\\r\\nlines\"}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"cut"
      })
  void pausesAtAnAnswerWithoutAToken(String body) {
    issuer.answer(Answer.of(200, body));

    assertThat(((Paused) send()).why()).contains("access_token");
  }

  @Test
  void putsTheTokenIntoTemplatesInsteadOfTheUsualHeader() {
    Destination templated =
        destination(
            ClientAuthentication.HEADER,
            new HeaderTemplate("X-Auth", new Secret("Token {{ .access_token }};v=1")),
            new HeaderTemplate("X-Tenant", new Secret("blue")));
    try {
      templated.send(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE);
    } finally {
      templated.close().block(PATIENCE);
    }

    HttpReceiver.Received request = receiver.received().get(0);
    assertThat(request.headers().get("X-Auth")).isEqualTo("Token token-1;v=1");
    assertThat(request.headers().get("X-Tenant")).isEqualTo("blue");
    assertThat(request.headers().contains("Authorization")).isFalse();
  }

  @Test
  void aTemplateWithoutTheTokenStandsBesideTheUsualHeader() {
    Destination templated =
        destination(
            ClientAuthentication.HEADER, new HeaderTemplate("X-Tenant", new Secret("blue")));
    try {
      templated.send(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE);
    } finally {
      templated.close().block(PATIENCE);
    }

    HttpReceiver.Received request = receiver.received().get(0);
    assertThat(request.headers().get("X-Tenant")).isEqualTo("blue");
    assertThat(request.headers().get("Authorization")).isEqualTo("Bearer token-1");
  }

  private void issueTokens(int expiresIn) {
    issuer.answer(request -> token(expiresIn));
  }

  private Mono<Answer> token(int expiresIn) {
    return Mono.fromSupplier(
        () ->
            Answer.of(
                200,
                "{\"token_type\":\"Bearer\",\"x\":{\"y\":[1]},\"access_token\":\"token-"
                    + issued.incrementAndGet()
                    + "\",\"expires_in\":"
                    + expiresIn
                    + "}"));
  }

  private List<String> authorizations() {
    return receiver.received().stream()
        .map(request -> request.headers().get("Authorization"))
        .toList();
  }

  private SendResult send() {
    return destination.send(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE);
  }

  private Destination destination(ClientAuthentication how, HeaderTemplate... templates) {
    return new HttpDestinationFactory()
        .create(
            HttpConfigs.to("http://127.0.0.1:" + receiver.port() + "/in")
                .authorization(
                    new AuthorizationSettings(
                        Strategy.CLIENT_CREDENTIALS,
                        new ClientCredentials(
                            URI.create("http://127.0.0.1:" + issuer.port() + "/token"),
                            "client",
                            new Secret("se/cret +"),
                            List.of("a", "b"),
                            Map.of("audience", "logs&metrics"),
                            List.of(templates),
                            how)))
                .build(),
            Contexts.context());
  }
}
