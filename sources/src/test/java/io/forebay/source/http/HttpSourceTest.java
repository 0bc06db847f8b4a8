package io.forebay.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemKind;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import io.forebay.source.net.TestTls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Leaks.class)
@Timeout(30)
class HttpSourceTest {

  private final Events events = new Events();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Taker taker = Taker.acknowledging();
  private final CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
  private Taker subscribed = taker;
  private HttpSource source;

  @AfterEach
  void stop() {
    subscribed.cancel();
  }

  private int start(Taker subscriber, Object... keysAndValues) {
    Map<String, Object> values = new HashMap<>();
    values.put("port", 0);
    values.put("listen", "127.0.0.1");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    HttpInputConfig config = Records.of(HttpInputConfig.class, values);
    subscribed = subscriber;
    source = new HttpSource(config, events.context("web"), bound::complete);
    source.batches().subscribe(subscriber);
    return bound.orTimeout(10, TimeUnit.SECONDS).join().getPort();
  }

  private static HttpRequest.Builder post(int port, byte[] body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/logs"))
        .timeout(Duration.ofSeconds(10))
        .POST(BodyPublishers.ofByteArray(body));
  }

  private static HttpRequest.Builder post(int port, String body) {
    return post(port, body.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  // ---- what is taken

  @Test
  void takesPlainLinesAndAnswersTheirNumber() throws Exception {
    int port = start(taker);
    HttpResponse<String> response =
        send(post(port, "one\r\ntwo\n\nfour").header("Content-Type", "text/plain"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"accepted\":4}");
    assertThat(taker.bodies()).containsExactly("one", "two", "", "four");
    assertThat(taker.items().get(0).timestampMillis())
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
    assertThat(taker.batches().get(0).acknowledgement().isAwaited()).isTrue();
  }

  /** The array of a body serves the next one, but not while somebody may still read it. */
  @Test
  void writesOnlyOverBodiesThatNobodyReadsAnyMore() throws Exception {
    Queue<Batch> held = new ConcurrentLinkedQueue<>();
    int port = start(Taker.with(held::add));
    String lines = "x".repeat(999) + "\n";
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] body = (i + lines.repeat(100)).getBytes(StandardCharsets.US_ASCII);
      answers.add(client.sendAsync(post(port, body).build(), BodyHandlers.ofString()));
      int taken = i + 1;
      await().until(() -> held.size() == taken);
      if (i == 1) {
        List.copyOf(held).get(1).acknowledgement().complete();
        assertThat(answers.get(1).join().statusCode()).isEqualTo(200);
      }
    }
    List<Batch> batches = List.copyOf(held);

    assertThat(array(batches.get(2))).isSameAs(array(batches.get(1)));
    assertThat(array(batches.get(2))).isNotSameAs(array(batches.get(0)));
    assertThat(batches.get(0).items().get(0).body().toUtf8()).startsWith("0x");
    batches.get(0).acknowledgement().complete();
    batches.get(2).acknowledgement().complete();
    assertThat(answers.get(0).join().body()).isEqualTo("{\"accepted\":100}");
    assertThat(answers.get(2).join().statusCode()).isEqualTo(200);
  }

  private static byte[] array(Batch batch) {
    return batch.items().get(0).body().array();
  }

  @Test
  void takesPut() throws Exception {
    int port = start(taker);
    HttpRequest.Builder put =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .PUT(BodyPublishers.ofString("x"));
    assertThat(send(put).statusCode()).isEqualTo(200);
  }

  @Test
  void decodesItemsInTheOwnEncodingAndKeepsOtherJsonAsBody() throws Exception {
    int port = start(taker);
    String own =
        "{\"_type\":\"metric\",\"timestamp\":42,\"body\":\"b\",\"attributes\":{\"k\":1},"
            + "\"resource\":{\"host.name\":\"far\"}}";
    String body =
        own
            + "\n\n{\"msg\":\"x\"}\nno json\n{\"_type\":\"log\",\"body\":oops\n"
            + "{\"_type\":\"log\",\"body\":\"undated\"}";
    assertThat(send(post(port, body).header("Content-Type", "application/x-ndjson")).body())
        .isEqualTo("{\"accepted\":5}");
    List<Item> items = taker.items();
    assertThat(items.get(0).kind()).isEqualTo(ItemKind.METRIC);
    assertThat(items.get(0).timestampMillis()).isEqualTo(42);
    assertThat(items.get(0).body().toUtf8()).isEqualTo("b");
    assertThat(items.get(0).attributes()).isEqualTo(Map.of("k", 1L));
    assertThat(items.get(0).resource()).isEqualTo(Map.of("host.name", "far"));
    assertThat(items.get(1).body().toUtf8()).isEqualTo("{\"msg\":\"x\"}");
    assertThat(items.get(2).body().toUtf8()).isEqualTo("no json");
    assertThat(items.get(3).body().toUtf8()).isEqualTo("{\"_type\":\"log\",\"body\":oops");
    assertThat(items.get(3).timestampMillis()).isPositive();
    assertThat(items.get(4).body().toUtf8()).isEqualTo("undated");
    assertThat(items.get(4).timestampMillis()).isPositive();
  }

  @Test
  void takesEachElementOfAJsonArray() throws Exception {
    int port = start(taker);
    String body = " [ {\"a\" : [1, 2]}, \"te\\u00e4xt\", 12.50, null, true, [ \"n\" ] ] ";
    HttpResponse<String> response =
        send(post(port, body).header("Content-Type", "application/json; charset=utf-8"));
    assertThat(response.body()).isEqualTo("{\"accepted\":6}");
    assertThat(taker.bodies())
        .containsExactly("{\"a\" : [1, 2]}", "te\u00e4xt", "12.50", "null", "true", "[ \"n\" ]");
  }

  @Test
  void takesAJsonObjectOverSeveralLinesAsOneItem() throws Exception {
    int port = start(taker);
    String body = "{\n  \"a\": 1\n}\n";
    send(post(port, body).header("Content-Type", "application/json"));
    assertThat(taker.bodies()).containsExactly("{\n  \"a\": 1\n}");
  }

  @Test
  void sniffsWithoutAContentType() throws Exception {
    int port = start(taker);
    send(post(port, "[1,2]"));
    send(post(port, "[2026-11-21] started\n[2026-11-22] stopped"));
    send(post(port, "{\"a\":1}\n\n{\"b\":2}"));
    send(post(port, "a=b&c=d").header("Content-Type", "application/x-www-form-urlencoded"));
    assertThat(taker.bodies())
        .containsExactly(
            "1",
            "2",
            "[2026-11-21] started",
            "[2026-11-22] stopped",
            "{\"a\":1}",
            "{\"b\":2}",
            "a=b&c=d");
  }

  @Test
  void answersAnEmptyBodyWithoutAnItem() throws Exception {
    int port = start(taker);
    assertThat(send(post(port, "")).body()).isEqualTo("{\"accepted\":0}");
    assertThat(send(post(port, " ").header("Content-Type", "application/x-ndjson")).body())
        .isEqualTo("{\"accepted\":0}");
    assertThat(taker.batches()).isEmpty();
  }

  @Test
  void refusesMalformedJsonWholeAndNamesTheOffset() throws Exception {
    int port = start(taker);
    HttpResponse<String> response =
        send(post(port, "[{\"a\":1},oops]").header("Content-Type", "application/json"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("malformed JSON").contains("\"offset\":9}");
    HttpResponse<String> torn =
        send(post(port, "[{\"a\":1").header("Content-Type", "application/json"));
    assertThat(torn.statusCode()).isEqualTo(400);
    assertThat(torn.body())
        .isEqualTo(
            "{\"error\":\"malformed JSON: Unexpected end-of-input: expected close marker for Object\",\"offset\":7}");
    assertThat(send(post(port, "[1] 2").header("Content-Type", "application/json")).body())
        .contains("follows the array");
    assertThat(taker.batches()).isEmpty();
  }

  @Test
  void splitsALargeRequestIntoBatchesAndAnswersOnceForAll() throws Exception {
    int port = start(taker);
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      body.append("line ").append(i).append('\n');
    }
    assertThat(send(post(port, body.toString())).body()).isEqualTo("{\"accepted\":30000}");
    assertThat(taker.batches()).hasSizeGreaterThan(1);
    assertThat(taker.bodies()).hasSize(30_000).startsWith("line 0").endsWith("line 29999");
  }

  @Test
  void cutsLongLinesAndCountsThem() throws Exception {
    int port = start(taker, "maxLineSize", DataSize.ofBytes(4));
    send(post(port, "123456\n1234\n"));
    assertThat(taker.bodies()).containsExactly("1234", "1234");
    assertThat(events.count("line_cut")).isEqualTo(1);
    assertThat(events.droppedBytes("line_cut")).isEqualTo(2);
  }

  @Test
  void keepsHeadersAsAttributes() throws Exception {
    int port = start(taker, "attributesFromHeader", List.of("X-Team", "X-Absent"));
    send(post(port, "a").header("X-Team", "blue"));
    assertThat(taker.items().get(0).attributes())
        .isEqualTo(Map.of("http.request.header.x-team", "blue"));
  }

  // ---- content codings

  @Test
  void decompressesWhatContentEncodingNames() throws Exception {
    int port = start(taker);
    byte[] body = "a\nb\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
    assertThat(send(post(port, gzip(body)).header("Content-Encoding", "gzip")).body())
        .isEqualTo("{\"accepted\":100000}");
    assertThat(send(post(port, deflate(body, false)).header("Content-Encoding", "deflate")).body())
        .isEqualTo("{\"accepted\":100000}");
    assertThat(send(post(port, deflate(body, true)).header("Content-Encoding", "deflate")).body())
        .isEqualTo("{\"accepted\":100000}");
    assertThat(send(post(port, Zstd.compress(body)).header("Content-Encoding", "zstd")).body())
        .isEqualTo("{\"accepted\":100000}");
    assertThat(send(post(port, "a\nb").header("Content-Encoding", "identity")).body())
        .isEqualTo("{\"accepted\":2}");
    assertThat(taker.itemCount()).isEqualTo(400_002);
  }

  @Test
  void appliesTheConfiguredCompressionWhenTheHeaderIsMissing() throws Exception {
    int port = start(taker, "compression", ContentCoding.GZIP);
    send(post(port, gzip("x".getBytes(StandardCharsets.UTF_8))));
    assertThat(taker.bodies()).containsExactly("x");
  }

  @Test
  void refusesUnknownCodings() throws Exception {
    int port = start(taker);
    HttpResponse<String> response = send(post(port, "x").header("Content-Encoding", "br"));
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip, deflate, zstd");
    assertThat(send(post(port, "x").header("Content-Encoding", "gzip, gzip")).statusCode())
        .isEqualTo(415);
    assertThat(
            send(post(port, "x")
                    .header("Content-Encoding", "identity")
                    .header("Content-Encoding", "gzip"))
                .statusCode())
        .isEqualTo(415);
  }

  @Test
  void refusesDamagedCompression() throws Exception {
    int port = start(taker);
    byte[] gzip = gzip("hello hello hello".getBytes(StandardCharsets.UTF_8));
    byte[] torn = Arrays.copyOf(gzip, gzip.length - 6);
    for (String coding : List.of("gzip", "deflate", "zstd")) {
      HttpResponse<String> response = send(post(port, torn).header("Content-Encoding", coding));
      assertThat(response.statusCode()).as(coding).isEqualTo(400);
    }
    byte[] zstd = Zstd.compress("hello hello hello".getBytes(StandardCharsets.UTF_8));
    byte[] tornZstd = Arrays.copyOf(zstd, zstd.length - 3);
    assertThat(send(post(port, tornZstd).header("Content-Encoding", "zstd")).statusCode())
        .isEqualTo(400);
    assertThat(taker.batches()).isEmpty();
  }

  @Test
  void stopsUnpackingABombAtTheBound() throws Exception {
    int port = start(taker, "maxDecompressedSize", DataSize.parse("1MiB"));
    byte[] zeros = new byte[8 << 20];
    for (Map.Entry<String, byte[]> bomb :
        Map.of(
                "gzip", gzip(zeros),
                "deflate", deflate(zeros, false),
                "zstd", Zstd.compress(zeros))
            .entrySet()) {
      HttpResponse<String> response =
          send(post(port, bomb.getValue()).header("Content-Encoding", bomb.getKey()));
      assertThat(response.statusCode()).as(bomb.getKey()).isEqualTo(413);
      assertThat(response.body()).contains("max_decompressed_size");
    }
    byte[] exact = new byte[1 << 20];
    assertThat(send(post(port, gzip(exact)).header("Content-Encoding", "gzip")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesABodyOfTooManyItems() throws Exception {
    int port = start(taker);
    byte[] feeds = "\n".repeat(BodyParser.MAX_ITEMS + 1).getBytes(StandardCharsets.UTF_8);
    assertThat(send(post(port, gzip(feeds)).header("Content-Encoding", "gzip")).statusCode())
        .isEqualTo(413);
    assertThat(taker.batches()).isEmpty();
  }

  // ---- refusals

  @Test
  void refusesOtherMethods() throws Exception {
    int port = start(taker);
    HttpResponse<String> response =
        send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).GET());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("POST, PUT");
  }

  @Test
  void servesIncludedPathsOnly() throws Exception {
    int port =
        start(
            taker,
            "includedPaths",
            List.of(Pattern.compile("^/logs"), Pattern.compile("^/in$")),
            "excludedPaths",
            List.of(Pattern.compile("private")));
    assertThat(send(post(port, "x")).statusCode()).isEqualTo(200);
    assertThat(status(port, "/in?q=/logs")).isEqualTo(200);
    assertThat(status(port, "/other?q=/in")).isEqualTo(404);
    assertThat(status(port, "/logs/private")).isEqualTo(404);
    assertThat(status(port, "/logs/%70rivate")).isEqualTo(404);
  }

  private int status(int port, String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .POST(BodyPublishers.ofString("x")))
        .statusCode();
  }

  @Test
  void asksForBasicCredentials() throws Exception {
    int port =
        start(
            taker,
            "authentication",
            new AuthenticationSettings(
                AuthenticationSettings.Strategy.BASIC, "ann", new Secret("s3:cret"), null));
    HttpResponse<String> response = send(post(port, "x"));
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("www-authenticate").orElse("")).startsWith("Basic ");
    assertThat(response.body()).doesNotContain("s3:cret");
    assertThat(send(post(port, "x").header("Authorization", "Basic !!")).statusCode())
        .isEqualTo(401);
    assertThat(send(post(port, "x").header("Authorization", basic("ann:wrong"))).statusCode())
        .isEqualTo(401);
    assertThat(send(post(port, "x").header("Authorization", "Bearer s3:cret")).statusCode())
        .isEqualTo(401);
    assertThat(send(post(port, "x").header("Authorization", basic("ann:s3:cret"))).statusCode())
        .isEqualTo(200);
    assertThat(events.count("refused_401")).isEqualTo(4);
  }

  @Test
  void asksForABearerToken() throws Exception {
    int port =
        start(
            taker,
            "authentication",
            new AuthenticationSettings(
                AuthenticationSettings.Strategy.BEARER, null, null, new Secret("token")));
    HttpResponse<String> response = send(post(port, "x"));
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("www-authenticate").orElse("")).startsWith("Bearer ");
    assertThat(send(post(port, "x").header("Authorization", "Bearer toke")).statusCode())
        .isEqualTo(401);
    assertThat(send(post(port, "x").header("Authorization", "bearer token")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    int port = start(taker, "maxBodySize", DataSize.parse("1KiB"));
    HttpResponse<String> declared = send(post(port, new byte[1025]));
    assertThat(declared.statusCode()).isEqualTo(413);
    assertThat(declared.body()).contains("max_body_size");
    HttpRequest.Builder chunked =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[4000])));
    assertThat(send(chunked).statusCode()).isEqualTo(413);
    assertThat(send(post(port, new byte[1024])).statusCode()).isEqualTo(200);
  }

  @Test
  void aLargeRefusedBodyStillGetsItsAnswer() throws Exception {
    int port = start(taker, "maxBodySize", DataSize.parse("1KiB"));
    for (int i = 0; i < 5; i++) {
      assertThat(send(post(port, new byte[4 << 20])).statusCode()).isEqualTo(413);
    }
  }

  @Test
  void answers429WhenNothingIsDemanded() throws Exception {
    Taker demanding = Taker.acknowledging(1);
    int port = start(demanding, "retryAfter", Duration.ofMillis(1500));
    assertThat(send(post(port, "first")).statusCode()).isEqualTo(200);
    HttpResponse<String> response = send(post(port, "second"));
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).hasValue("2");
    demanding.request(1);
    assertThat(send(post(port, "third")).statusCode()).isEqualTo(200);
    assertThat(demanding.bodies()).containsExactly("first", "third");
  }

  @Test
  void aShortLackOfDemandOnlyDelays() throws Exception {
    Taker demanding = Taker.acknowledging(0);
    int port = start(demanding);
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    Thread.sleep(300);
    assertThat(response).isNotDone();
    demanding.request(1);
    assertThat(response.join().statusCode()).isEqualTo(200);
  }

  @Test
  void boundsRequestsUnderWay() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding, "activeRequestLimit", 2);
    CompletableFuture<HttpResponse<String>> one =
        client.sendAsync(post(port, "1").build(), BodyHandlers.ofString());
    CompletableFuture<HttpResponse<String>> two =
        client.sendAsync(post(port, "2").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 2);
    assertThat(send(post(port, "3")).statusCode()).isEqualTo(429);
    holding.batches().forEach(batch -> batch.acknowledgement().complete());
    assertThat(one.join().statusCode()).isEqualTo(200);
    assertThat(two.join().statusCode()).isEqualTo(200);
  }

  @Test
  void boundsTheBytesThatWait() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding, "maxPendingSize", DataSize.parse("20KiB"));
    CompletableFuture<HttpResponse<String>> one =
        client.sendAsync(post(port, "x".repeat(15_000)).build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 1);
    assertThat(send(post(port, "x".repeat(15_000))).statusCode()).isEqualTo(429);
    assertThat(send(post(port, "x".repeat(25_000))).statusCode()).isEqualTo(413);
    holding.batches().get(0).acknowledgement().complete();
    assertThat(one.join().statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> again =
        client.sendAsync(post(port, "x".repeat(15_000)).build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 2);
    holding.batches().get(1).acknowledgement().complete();
    assertThat(again.join().statusCode()).isEqualTo(200);
  }

  // ---- acknowledgement and stop

  @Test
  void answersOnlyWhenAcknowledged() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding);
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 1);
    assertThat(response.completeOnTimeout(null, 200, TimeUnit.MILLISECONDS)).isNotDone();
    holding.batches().get(0).acknowledgement().complete();
    assertThat(client.send(post(port, "").build(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void answers503WhenTheShareFails() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding);
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 1);
    holding.batches().get(0).acknowledgement().fail();
    assertThat(response.join().statusCode()).isEqualTo(503);
    assertThat(response.join().headers().firstValue("retry-after")).hasValue("5");
  }

  @Test
  void answers503AtTheWriteTimeoutAndNever200AfterIt() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding, "writeTimeout", Duration.ofMillis(200), "activeRequestLimit", 1);
    HttpResponse<String> late = send(post(port, "x"));
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(late.headers().firstValue("retry-after")).hasValue("5");
    assertThat(late.body()).contains("write_timeout");
    assertThat(events.count("refused_503")).isEqualTo(1);
    holding.batches().get(0).acknowledgement().complete();

    CompletableFuture<HttpResponse<String>> again =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 2);
    holding.batches().get(1).acknowledgement().complete();
    assertThat(again.join().statusCode()).isEqualTo(200);
  }

  @Test
  void whatWasAnswered503AtTheWriteTimeoutKeepsItsMemoryUntilItIsAcknowledged() throws Exception {
    Taker holding = Taker.holding();
    int port =
        start(holding, "writeTimeout", Duration.ofMillis(100), "maxPendingSize", new DataSize(300));
    assertThat(send(post(port, "x".repeat(150))).statusCode()).isEqualTo(503);
    assertThat(send(post(port, "x".repeat(150))).statusCode()).isEqualTo(429);
    holding.batches().get(0).acknowledgement().complete();
    assertThat(send(post(port, "x".repeat(150))).statusCode()).isEqualTo(503);
    holding.batches().get(1).acknowledgement().fail();
  }

  @Test
  void onCancelAnswersWhatIsUnderWayAndAcceptsNothingNew() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding);
    CompletableFuture<HttpResponse<String>> taken =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 1);
    holding.cancel();
    await().until(() -> !canConnect(port));
    assertThat(taken).isNotDone();
    holding.batches().get(0).acknowledgement().complete();
    assertThat(taken.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void closeAnswers503ToThoseWhoStillWait() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding);
    CompletableFuture<HttpResponse<String>> taken =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    await().until(() -> holding.batches().size() == 1);
    holding.cancel();
    source.close().block(Duration.ofSeconds(5));
    assertThat(taken.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    holding.batches().get(0).acknowledgement().complete();
  }

  @Test
  void slowSendersTakeNoSlots() throws Exception {
    int port = start(taker, "activeRequestLimit", 1);
    try (Socket slow = new Socket("127.0.0.1", port)) {
      write(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
      Thread.sleep(100);
      assertThat(send(post(port, "x")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void onCancelAnswers503ToWhatNobodyTook() throws Exception {
    Taker undemanding = Taker.acknowledging(0);
    int port = start(undemanding);
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(post(port, "x").build(), BodyHandlers.ofString());
    Thread.sleep(300);
    undemanding.cancel();
    assertThat(waiting.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  @Test
  void onCancelClosesIdleConnections() throws Exception {
    int port = start(taker);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      assertThat(readAnswer(socket)).contains("200 OK");
      taker.cancel();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientThatGoesAwayDoesNotHarm() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding, "activeRequestLimit", 1);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      await().until(() -> holding.batches().size() == 1);
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
    }
    holding.batches().get(0).acknowledgement().complete();
    AtomicReference<CompletableFuture<HttpResponse<String>>> last = new AtomicReference<>();
    // The slots of both come free in a moment.
    await()
        .until(
            () -> {
              last.set(client.sendAsync(post(port, "x").build(), BodyHandlers.ofString()));
              await().until(() -> holding.batches().size() == 2 || last.get().isDone());
              return holding.batches().size() == 2;
            });
    holding.batches().get(1).acknowledgement().complete();
    assertThat(last.get().join().statusCode()).isEqualTo(200);
  }

  @Test
  void isUpWhileItsPortIsOpen() {
    start(taker);
    assertThat(source.isUp()).isTrue();
    taker.cancel();
    await().until(() -> !source.isUp());
  }

  @Test
  void bindsAgainAfterACancel() throws Exception {
    int port = start(taker);
    taker.cancel();
    Taker second = Taker.acknowledging();
    CompletableFuture<InetSocketAddress> boundAgain = new CompletableFuture<>();
    Map<String, Object> values = Map.of("port", port, "listen", "127.0.0.1");
    subscribed = second;
    new HttpSource(
            Records.of(HttpInputConfig.class, values), events.context("web"), boundAgain::complete)
        .batches()
        .subscribe(second);
    assertThat(boundAgain.get(5, TimeUnit.SECONDS).getPort()).isEqualTo(port);
    assertThat(send(post(port, "x")).statusCode()).isEqualTo(200);
  }

  @Test
  void aPortInUseIsAnErrorThatNamesIt() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Map<String, Object> values = Map.of("port", other.getLocalPort(), "listen", "127.0.0.1");
      HttpSource source =
          new HttpSource(
              Records.of(HttpInputConfig.class, values), events.context("web"), address -> {});
      assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(10)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("web cannot listen on 127.0.0.1:" + other.getLocalPort())
          .hasMessageContaining("in use");
      assertThat(source.isUp()).isFalse();
    }
  }

  // ---- connections

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    int port = start(taker);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      String one = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na\nb";
      String two = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nc";
      String bad = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
      write(socket, one + two + bad + one);
      String answers = readUntil(socket, "{\"accepted\":2}", 2);
      assertThat(answers.replaceAll("(?s)HTTP/1.1 (\\d+).*?\\r\\n\\r\\n", "$1 "))
          .isEqualTo(
              "200 {\"accepted\":2}200 {\"accepted\":1}405 {\"error\":\"use POST or PUT\"}"
                  + "200 {\"accepted\":2}");
    }
    assertThat(taker.bodies()).containsExactly("a", "b", "c", "a", "b");
  }

  @Test
  void aRequestMustArriveWholeWithinItsTime() throws Exception {
    int port = start(taker, "readTimeout", Duration.ofMillis(500));
    try (Socket body = new Socket("127.0.0.1", port);
        Socket headers = new Socket("127.0.0.1", port)) {
      body.setSoTimeout(5000);
      headers.setSoTimeout(5000);
      write(body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
      write(headers, "POST / HT");
      drip(body);
      drip(headers);
      assertThat(readToEnd(body)).contains("408 Request Timeout");
      assertThat(readToEnd(headers)).contains("408 Request Timeout");
    }
    assertThat(events.count("read_timeout")).isEqualTo(2);
    await().untilAsserted(() -> assertThat(send(post(port, "x")).statusCode()).isEqualTo(200));
  }

  @Test
  void waitingForTheAcknowledgementIsNoReadTimeout() throws Exception {
    Taker holding = Taker.holding();
    int port = start(holding, "readTimeout", Duration.ofMillis(200));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(
          socket,
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
              + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nb");
      Thread.sleep(700);
      holding.batches().get(0).acknowledgement().complete();
      assertThat(readAnswer(socket)).contains("200 OK");
      await().until(() -> holding.batches().size() == 2);
      holding.batches().get(1).acknowledgement().complete();
      assertThat(readAnswer(socket)).contains("200 OK");
    }
  }

  @Test
  void closesIdleConnections() throws Exception {
    int port = start(taker, "idleTimeout", Duration.ofMillis(300));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void refusesHugeHeaders() throws Exception {
    int port = start(taker);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "POST / HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(20_000) + "\r\n\r\n");
      assertThat(readAnswer(socket)).contains("431");
    }
    assertThat(taker.batches()).isEmpty();
  }

  @Test
  void refusesWhatIsNotHttp() throws Exception {
    int port = start(taker);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "hello there\r\n\r\n");
      assertThat(readAnswer(socket)).contains("400");
    }
  }

  @Test
  void boundsConnections() throws Exception {
    int port = start(taker, "maxConnections", 1);
    try (Socket first = new Socket("127.0.0.1", port)) {
      first.setSoTimeout(5000);
      write(first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      assertThat(readAnswer(first)).contains("200 OK");
      try (Socket second = new Socket("127.0.0.1", port)) {
        second.setSoTimeout(5000);
        assertThat(readToEnd(second)).isEmpty();
      }
    }
    assertThat(events.count("connection_refused")).isEqualTo(1);
    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(send(post(port, "x")).statusCode()).isEqualTo(200));
  }

  @Test
  void boundsConnectionsOfOneAddress() throws Exception {
    int port = start(taker, "maxConnectionsPerIp", 1);
    try (Socket first = new Socket("127.0.0.1", port)) {
      first.setSoTimeout(5000);
      write(first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      assertThat(readAnswer(first)).contains("200 OK");
      try (Socket second = new Socket("127.0.0.1", port)) {
        second.setSoTimeout(5000);
        assertThat(readToEnd(second)).isEmpty();
      }
    }
  }

  @Test
  void continuesAnExpectantClient() throws Exception {
    int port = start(taker);
    HttpResponse<String> response = send(post(port, "x").expectContinue(true));
    assertThat(response.statusCode()).isEqualTo(200);
  }

  // ---- TLS

  @Test
  void speaksTls() throws Exception {
    int port = start(taker, "tls", TestTls.server(TlsSettings.ClientAuth.NOCLIENTCERT));
    assertThat(secure(port, null)).isEqualTo(200);
  }

  @Test
  void verifiesClientCertificates() throws Exception {
    int port =
        start(taker, "tls", TestTls.server(TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT));
    assertThat(secure(port, "client")).isEqualTo(200);
    assertThatThrownBy(() -> secure(port, null)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> secure(port, "stranger")).isInstanceOf(IOException.class);
  }

  @Test
  void verifiesClientCertificatesAgainstADirectoryOfAuthorities(@TempDir Path directory)
      throws Exception {
    Files.copy(TestTls.file("ca.crt"), directory.resolve("ca.crt"));
    Map<String, Object> tls = new HashMap<>();
    tls.put("crtFile", TestTls.file("server.crt"));
    tls.put("keyFile", TestTls.file("server.key"));
    tls.put("caPath", directory);
    tls.put("clientAuthType", TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT);
    int port = start(taker, "tls", Records.of(TlsSettings.class, tls));

    assertThat(secure(port, "client")).isEqualTo(200);
    assertThatThrownBy(() -> secure(port, "stranger")).isInstanceOf(IOException.class);
  }

  @Test
  void verifiesAClientCertificateIfGiven() throws Exception {
    int port = start(taker, "tls", TestTls.server(TlsSettings.ClientAuth.VERIFYCLIENTCERTIFGIVEN));
    assertThat(secure(port, null)).isEqualTo(200);
    assertThat(secure(port, "client")).isEqualTo(200);
    assertThatThrownBy(() -> secure(port, "stranger")).isInstanceOf(IOException.class);
  }

  @Test
  void takesAnyClientCertificateWhereToldSo() throws Exception {
    int port = start(taker, "tls", TestTls.server(TlsSettings.ClientAuth.REQUIREANYCLIENTCERT));
    assertThat(secure(port, "stranger")).isEqualTo(200);
    assertThatThrownBy(() -> secure(port, null)).isInstanceOf(IOException.class);
  }

  @Test
  void anUnusableKeyFileIsAnErrorThatNamesIt() {
    Map<String, Object> tls = new HashMap<>();
    tls.put("crtFile", TestTls.file("server.crt"));
    tls.put("keyFile", TestTls.file("README.md"));
    Map<String, Object> values = Map.of("port", 0, "tls", Records.of(TlsSettings.class, tls));
    HttpSource source =
        new HttpSource(
            Records.of(HttpInputConfig.class, values), events.context("web"), address -> {});
    assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(10)))
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("web")
        .hasMessageContaining("README.md");
  }

  private int secure(int port, String certificate) throws Exception {
    HttpClient secure =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TestTls.client(certificate))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.ofString("x"))
            .build();
    return secure.send(request, BodyHandlers.ofString()).statusCode();
  }

  // ---- plumbing

  private static boolean canConnect(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A byte now and then, which must not keep the request alive. */
  private static void drip(Socket socket) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 40; i++) {
                  Thread.sleep(100);
                  socket.getOutputStream().write('x');
                }
              } catch (IOException | InterruptedException e) {
                // The server has closed the connection, as it should.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static String readToEnd(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        text.append((char) b);
      }
    } catch (java.net.SocketException reset) {
      // A reset ends it as well.
    }
    return text.toString();
  }

  private static String readAnswer(Socket socket) throws IOException {
    return readUntil(socket, "}", 1);
  }

  private static String readUntil(Socket socket, String end, int times) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    int seen = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      text.append((char) b);
      if (text.toString().endsWith(end) && ++seen == times) {
        break;
      }
    }
    return text.toString();
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] body, boolean bare) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, bare);
    try (OutputStream deflate = new DeflaterOutputStream(out, deflater)) {
      deflate.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }
}
