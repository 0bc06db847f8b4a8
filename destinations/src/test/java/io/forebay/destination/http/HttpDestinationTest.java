package io.forebay.destination.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.AuthenticationSettings.Strategy;
import io.forebay.core.config.Secret;
import io.forebay.core.item.Item;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.http.HttpOutputConfig.Method;
import io.forebay.destination.http.HttpReceiver.Answer;
import io.forebay.destination.http.HttpReceiver.Received;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.xerial.snappy.Snappy;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class HttpDestinationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<Item> ITEMS = Items.ofEveryKind();

  private final HttpReceiver receiver = new HttpReceiver(server -> server);
  private final List<Destination> opened = new ArrayList<>();

  @BeforeEach
  void start() {
    receiver.start();
  }

  @AfterEach
  void stop() {
    opened.forEach(destination -> destination.close().block(PATIENCE));
    receiver.stop();
  }

  @Test
  void describesTheBodyInHeaders() {
    assertThat(send(config())).isInstanceOf(Delivered.class);

    Received request = request();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.uri()).isEqualTo("/in?source=a%20b");
    assertThat(request.headers().get("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(request.headers().getInt("Content-Length")).isEqualTo(request.body().length);
    assertThat(request.headers().contains("Transfer-Encoding")).isFalse();
    assertThat(request.headers().contains("Content-Encoding")).isFalse();
    assertThat(request.headers().get("User-Agent")).isEqualTo("forebay");
  }

  @Test
  void sendsTheConfiguredHeadersAndMethod() {
    send(
        config()
            .method(Method.PUT)
            .header("X-Tenant", "blue")
            .header("X-Tenant", "green")
            .header("content-type", "application/json; charset=utf-8"));

    Received request = request();
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.headers().getAll("X-Tenant")).containsExactly("blue", "green");
    assertThat(request.headers().getAll("Content-Type"))
        .containsExactly("application/json; charset=utf-8");
  }

  @Test
  void sendsOtherForms() {
    send(config().format(BatchFormat.JSON_ARRAY));
    send(config().format(BatchFormat.RAW));

    Received array = receiver.received().get(0);
    assertThat(array.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(new String(array.body(), StandardCharsets.UTF_8))
        .isEqualTo("[" + String.join(",", Items.lines(ITEMS)) + "]");
    Received raw = receiver.received().get(1);
    assertThat(raw.headers().get("Content-Type")).isEqualTo("text/plain");
    assertThat(new String(raw.body(), StandardCharsets.UTF_8)).startsWith("line 7\n\n");
  }

  @Test
  void compresses() throws Exception {
    send(config().compression(BodyCompression.GZIP));
    send(config().compression(BodyCompression.ZSTD));

    String expected = String.join("\n", Items.lines(ITEMS)) + "\n";
    Received gzip = receiver.received().get(0);
    assertThat(gzip.headers().get("Content-Encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(expected);
    Received zstd = receiver.received().get(1);
    assertThat(zstd.headers().get("Content-Encoding")).isEqualTo("zstd");
    assertThat(Zstd.decompress(zstd.body(), expected.getBytes(StandardCharsets.UTF_8).length))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(expected);
  }

  @Test
  void sendsMessagePack() throws Exception {
    send(config().format(BatchFormat.MSGPACK).compression(BodyCompression.SNAPPY));

    Received request = receiver.received().get(0);
    assertThat(request.headers().get("Content-Type")).isEqualTo("application/msgpack");
    assertThat(request.headers().get("Content-Encoding")).isEqualTo("snappy");
    try (MessageUnpacker unpacker =
        MessagePack.newDefaultUnpacker(Snappy.uncompress(request.body()))) {
      assertThat(unpacker.unpackArrayHeader()).isEqualTo(ITEMS.size());
      assertThat(unpacker.unpackValue().toJson()).isEqualTo(Items.lines(ITEMS).get(0));
    }
  }

  @Test
  void sendsSplunkEvents() {
    send(config().format(BatchFormat.SPLUNK));

    Received request = receiver.received().get(0);
    assertThat(request.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(new String(request.body(), StandardCharsets.UTF_8))
        .startsWith(
            "{\"time\":1735789700.007,\"host\":\"a\",\"event\":\"line 7\"}\n{\"time\":0.001,");
  }

  @Test
  void sendsThePayloadOfEachItemWithItsTags() {
    send(
        config()
            .payload("{\"text\":{{ json .item.body }},\"env\":\"{{ .item.attributes.env }}\"}")
            .tag("env", "prod"));

    assertThat(new String(receiver.received().get(0).body(), StandardCharsets.UTF_8))
        .startsWith("{\"text\":\"line 7\",\"env\":\"prod\"}\n{\"text\":\"\",\"env\":\"prod\"}\n");
  }

  @Test
  void authenticates() {
    send(
        config()
            .authentication(
                new AuthenticationSettings(Strategy.BASIC, "ann", new Secret("pässword"), null)));
    send(
        config()
            .authentication(
                new AuthenticationSettings(Strategy.BEARER, null, null, new Secret("token-1"))));

    assertThat(receiver.received())
        .extracting(request -> request.headers().get("Authorization"))
        .containsExactly("Basic YW5uOnDDpHNzd29yZA==", "Bearer token-1");
  }

  @Test
  void neverTellsSecretsThatTheReceiverEchoes() {
    receiver.answer(
        request ->
            Mono.just(
                Answer.of(
                    400,
                    request.headers().get("Authorization")
                        + " "
                        + request.headers().get("X-Key")
                        + " "
                        + request.uri())));

    SendResult result =
        send(
            HttpConfigs.to("http://127.0.0.1:" + receiver.port() + "/in?key=query-secret")
                .header("X-Key", "header-secret")
                .authentication(
                    new AuthenticationSettings(
                        Strategy.BEARER, null, null, new Secret("bearer-secret"))));

    assertThat(((Rejected) result).why())
        .contains("answered 400")
        .doesNotContain("header-secret", "bearer-secret", "query-secret");
  }

  @Test
  void passesOnWhatTheReceiverSays() {
    receiver.answer(Answer.of(503, "be patient").with("Retry-After: 7"));

    assertThat(send(config()))
        .isEqualTo(
            new Retry(
                "http://127.0.0.1:" + receiver.port() + "/in answered 503: be patient",
                Duration.ofSeconds(7)));
  }

  @Test
  void doesNotFollowRedirects() {
    receiver.answer(
        Answer.of(307).with("Location: http://127.0.0.1:" + receiver.port() + "/elsewhere"));

    assertThat(((Paused) send(config())).why()).contains("307", "/elsewhere");
    assertThat(receiver.received()).hasSize(1);
  }

  @Test
  void keepsConnectionsForTheNextRequest() {
    AtomicInteger connections = new AtomicInteger();
    HttpReceiver counting =
        new HttpReceiver(
            server ->
                server.doOnChannelInit(
                    (observer, channel, address) -> connections.incrementAndGet()));
    counting.start();
    try {
      Destination destination = open(HttpConfigs.to("http://127.0.0.1:" + counting.port()));
      for (int i = 0; i < 20; i++) {
        assertThat(destination.send(Items.batch(ITEMS)).block(PATIENCE))
            .isInstanceOf(Delivered.class);
      }
      assertThat(connections).hasValueLessThanOrEqualTo(4);
    } finally {
      counting.stop();
    }
  }

  @Test
  void aLargeAnswerIsNotReadToItsEnd() {
    receiver.answer(Answer.of(400, "x".repeat(5 << 20)));
    Destination destination = open(config());

    SendResult result = destination.send(Items.batch(ITEMS)).block(PATIENCE);
    assertThat(((Rejected) result).why().length()).isLessThan(700);

    receiver.answer(Answer.of(200));
    assertThat(destination.send(Items.batch(ITEMS)).block(PATIENCE)).isInstanceOf(Delivered.class);
  }

  @Test
  void aReceiverThatIsSilentMeansRetry() {
    receiver.answer(request -> Mono.never());

    SendResult result = send(config().timeout(Duration.ofMillis(500)));

    assertThat(((Retry) result).why()).contains("did not answer in time");
  }

  @Test
  void cancellingClosesTheConnection() {
    AtomicInteger closed = new AtomicInteger();
    HttpReceiver silent =
        new HttpReceiver(
            server ->
                server.childObserve(
                    (connection, state) ->
                        connection
                            .channel()
                            .closeFuture()
                            .addListener(end -> closed.incrementAndGet())));
    silent.answer(request -> Mono.never());
    silent.start();
    try {
      Destination destination = open(HttpConfigs.to("http://127.0.0.1:" + silent.port()));
      Disposable send = destination.send(Items.batch(ITEMS)).subscribe();
      Awaitility.await().atMost(PATIENCE).until(() -> silent.received().size() == 1);

      send.dispose();

      Awaitility.await().atMost(PATIENCE).until(() -> closed.get() > 0);
    } finally {
      silent.stop();
    }
  }

  @Test
  void aNameThatDoesNotResolveMeansRetry() {
    SendResult result =
        send(HttpConfigs.to("http://no-such-host.invalid/in").timeout(Duration.ofSeconds(5)));

    assertThat(((Retry) result).why()).contains("no-such-host.invalid");
  }

  private HttpConfigs config() {
    return HttpConfigs.to("http://127.0.0.1:" + receiver.port() + "/in?source=a%20b");
  }

  private Destination open(HttpConfigs config) {
    Destination destination =
        new HttpDestinationFactory().create(config.build(), Contexts.context());
    opened.add(destination);
    return destination;
  }

  private SendResult send(HttpConfigs config) {
    return open(config).send(Items.batch(ITEMS)).block(PATIENCE);
  }

  private Received request() {
    assertThat(receiver.received()).hasSize(1);
    return receiver.received().get(0);
  }
}
