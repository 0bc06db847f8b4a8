package io.forebay.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import io.forebay.source.net.TestTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that are refused before they have sent everything, and read their answer only then. */
@ExtendWith(Leaks.class)
@Timeout(60)
class HttpRefusalTest {

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
  private static final int LARGE_BYTES = 3 << 20;

  private final Events events = new Events();
  private final CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
  private Taker taker = Taker.acknowledging();

  @AfterEach
  void stop() {
    taker.cancel();
  }

  private HttpSource source(Object... keysAndValues) {
    Map<String, Object> values = new HashMap<>();
    values.put("port", 0);
    values.put("listen", "127.0.0.1");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    HttpInputConfig config = Records.of(HttpInputConfig.class, values);
    return new HttpSource(config, events.context("web"), bound::complete);
  }

  private int start(Object... keysAndValues) {
    source(keysAndValues).batches().subscribe(taker);
    return port();
  }

  private int port() {
    return bound.orTimeout(10, TimeUnit.SECONDS).join().getPort();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  // ---- the connection closes

  @Test
  void aClientThatGoesOnToWriteQuicklyReadsItsAnswer() throws Exception {
    int port = start("maxBodySize", DataSize.parse("1KiB"));
    for (int i = 0; i < 50; i++) {
      try (Socket socket = connect(port)) {
        write(socket, post("/", "Content-Length: " + LARGE_BYTES) + "some");
        Thread.sleep(20);
        socket.getOutputStream().write(new byte[LARGE_BYTES - 4]);
        assertRefusedAndClosed(socket, 413);
      }
    }
    assertThat(events.count("refused_413")).isEqualTo(50);
  }

  @Test
  void aClientThatGoesOnToWriteSlowlyReadsItsAnswer() throws Exception {
    int port = start("maxBodySize", DataSize.parse("1KiB"));
    for (int i = 0; i < 50; i++) {
      try (Socket socket = connect(port)) {
        write(socket, post("/", "Content-Length: " + LARGE_BYTES) + "some");
        for (int piece = 0; piece < 4; piece++) {
          Thread.sleep(10);
          write(socket, "more");
        }
        assertRefusedAndClosed(socket, 413);
      }
    }
  }

  @Test
  void aChunkedBodyThatIsTooLargeIsAnswered() throws Exception {
    int port = start("maxBodySize", DataSize.parse("1KiB"));
    String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
    for (int i = 0; i < 50; i++) {
      try (Socket socket = connect(port)) {
        write(socket, post("/", "Transfer-Encoding: chunked"));
        for (int piece = 0; piece < 6; piece++) {
          Thread.sleep(5);
          write(socket, chunk);
        }
        assertRefusedAndClosed(socket, 413);
      }
    }
  }

  @Test
  void whatIsNoRequestIsAnswered() throws Exception {
    int port = start();
    Map<Integer, String> requests =
        Map.of(
            400, "hello there\r\n\r\n",
            414, "POST /" + "x".repeat(20_000),
            431, "POST / HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(20_000));
    for (Map.Entry<Integer, String> request : requests.entrySet()) {
      for (int i = 0; i < 10; i++) {
        try (Socket socket = connect(port)) {
          write(socket, request.getValue());
          for (int piece = 0; piece < 4; piece++) {
            Thread.sleep(10);
            write(socket, "z".repeat(10_000));
          }
          assertRefusedAndClosed(socket, request.getKey());
        }
      }
    }
  }

  @Test
  void aRequestThatTakesTooLongIsAnswered() throws Exception {
    int port = start("readTimeout", Duration.ofMillis(150));
    try (Socket socket = connect(port)) {
      write(socket, post("/", "Content-Length: 10000"));
      for (int piece = 0; piece < 40; piece++) {
        Thread.sleep(20);
        write(socket, "more");
      }
      assertRefusedAndClosed(socket, 408);
    }
    assertThat(events.count("read_timeout")).isEqualTo(1);
  }

  @Test
  void aRequestThatArrivesWhileTheSourceStopsIsAnswered() throws Exception {
    taker = Taker.holding();
    HttpSource source = source("maxBodySize", DataSize.parse("1KiB"));
    source.batches().subscribe(taker);
    try (Socket socket = connect(port())) {
      write(socket, post("/", "Content-Length: 1") + "x");
      await().until(() -> taker.batches().size() == 1);
      // Pipelined, so that it is looked at only after the source has begun to stop.
      write(socket, post("/", "Content-Length: 100000") + "some");
      Thread.sleep(50);
      taker.cancel();
      await().until(() -> !canConnect(port()));
      taker.batches().get(0).acknowledgement().complete();
      Thread.sleep(50);
      write(socket, "x".repeat(50_000));
      Thread.sleep(20);
      write(socket, "x".repeat(10_000));
      assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
      assertRefusedAndClosed(socket, 503);
    }
    source.close().block(Duration.ofSeconds(10));
  }

  @Test
  void anExpectantClientNeedNotSendItsBody() throws Exception {
    int port = start("maxBodySize", DataSize.parse("1KiB"));
    try (Socket socket = connect(port)) {
      write(socket, post("/", "Content-Length: 2000\r\nExpect: 100-continue"));
      assertRefusedAndClosed(socket, 413);
    }
  }

  @Test
  void answersOverTls() throws Exception {
    int port =
        start(
            "maxBodySize",
            DataSize.parse("1KiB"),
            "tls",
            TestTls.server(TlsSettings.ClientAuth.NOCLIENTCERT));
    for (int i = 0; i < 20; i++) {
      try (Socket socket =
          TestTls.client(null).getSocketFactory().createSocket("localhost", port)) {
        socket.setSoTimeout(10_000);
        write(socket, post("/", "Content-Length: " + LARGE_BYTES) + "some");
        for (int piece = 0; piece < 4; piece++) {
          Thread.sleep(10);
          socket.getOutputStream().write(new byte[10_000]);
        }
        assertRefusedAndClosed(socket, 413);
      }
    }
  }

  // ---- the connection goes on

  @Test
  void aConnectionIsUsedAgainAfterABodyThatIsALittleTooLarge() throws Exception {
    int port = start("maxBodySize", DataSize.parse("1KiB"));
    try (Socket socket = connect(port)) {
      for (int i = 0; i < 50; i++) {
        write(socket, post("/", "Content-Length: 500004") + "some");
        Thread.sleep(5);
        write(socket, "x".repeat(500_000));
        String answer = readAnswer(socket);
        assertThat(answer).startsWith("HTTP/1.1 413").contains("max_body_size");
        assertThat(answer).doesNotContain("connection: close");
      }
      write(socket, post("/", "Content-Length: 1") + "x");
      assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(taker.bodies()).containsExactly("x");
  }

  @Test
  void aConnectionIsUsedAgainAfterARefusalOfTheHead() throws Exception {
    int port =
        start(
            "includedPaths",
            List.of(Pattern.compile("^/logs$")),
            "authentication",
            new AuthenticationSettings(
                AuthenticationSettings.Strategy.BEARER, null, null, new Secret("token")));
    String authorized = "Authorization: Bearer token\r\nContent-Length: 100004";
    Map<Integer, String> heads =
        Map.of(
            401, post("/logs", "Content-Length: 100004"),
            404, post("/other", authorized),
            405, post("/logs", authorized).replace("POST", "PATCH"),
            415, post("/logs", authorized + "\r\nContent-Encoding: br"));
    try (Socket socket = connect(port)) {
      for (int i = 0; i < 10; i++) {
        for (Map.Entry<Integer, String> head : heads.entrySet()) {
          write(socket, head.getValue() + "some");
          Thread.sleep(5);
          write(socket, "x".repeat(100_000));
          assertThat(readAnswer(socket)).startsWith("HTTP/1.1 " + head.getKey());
        }
      }
    }
  }

  @Test
  void aConnectionIsUsedAgainWhenMemoryWasShort() throws Exception {
    taker = Taker.holding();
    int port = start("maxPendingSize", DataSize.parse("20KiB"));
    try (Socket first = connect(port);
        Socket second = connect(port)) {
      write(first, post("/", "Content-Length: 15000") + "x".repeat(15_000));
      await().until(() -> taker.batches().size() == 1);
      for (int i = 0; i < 20; i++) {
        write(second, post("/", "Content-Length: 15000") + "x".repeat(10_000));
        Thread.sleep(5);
        write(second, "x".repeat(5000));
        assertThat(readAnswer(second)).startsWith("HTTP/1.1 429").contains("retry-after");
        write(second, post("/", "Content-Length: 25000") + "some");
        Thread.sleep(5);
        write(second, "x".repeat(24_996));
        assertThat(readAnswer(second)).startsWith("HTTP/1.1 413").contains("max_pending_size");
      }
    }
  }

  // ---- plumbing

  private static String post(String path, String headers) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n";
  }

  private static boolean canConnect(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertRefusedAndClosed(Socket socket, int status) throws IOException {
    String answer = readAnswer(socket);
    assertThat(answer).startsWith("HTTP/1.1 " + status).endsWith("\"}");
    assertThat(answer).containsIgnoringCase("connection: close");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  /** One whole answer, as its Content-Length says. */
  private static String readAnswer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int b = in.read();
      assertThat(b).as("after %s", head).isNotNegative();
      head.write(b);
    }
    Matcher length = LENGTH.matcher(head.toString(StandardCharsets.US_ASCII));
    assertThat(length.find()).isTrue();
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return head.toString(StandardCharsets.US_ASCII) + new String(body, StandardCharsets.UTF_8);
  }
}
