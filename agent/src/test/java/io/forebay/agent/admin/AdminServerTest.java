package io.forebay.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminServerTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        AdminServer.bind(
            new AdminAddress(true, "127.0.0.1", 0),
            List.of(
                new AdminPage("/hello", "greets", () -> AdminResponse.text(200, "hello\n")),
                new AdminPage(
                    "/broken",
                    "fails",
                    () -> {
                      throw new IOException("secret detail");
                    })));
  }

  @AfterEach
  void stop() {
    server.close().block(Duration.ofSeconds(10));
  }

  @Test
  void get_answersWithThePage() throws Exception {
    HttpResponse<String> answer = get("/hello?x=1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello\n");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
  }

  @Test
  void head_answersWithoutABody() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/hello").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-length")).contains("6");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void post_isNotAllowed() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/hello")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
  }

  @Test
  void refusal_isReadByAClientThatGoesOnWriting() throws Exception {
    assertThat(
            rawAndMore("POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 80000\r\n\r\n"))
        .startsWith("HTTP/1.1 405");
    assertThat(rawAndMore("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(20_000)))
        .startsWith("HTTP/1.1 4");
  }

  /** Writes slowly, so that the answer is there before the end of what is written. */
  private String rawAndMore(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 8; i++) {
        Thread.sleep(40);
        socket.getOutputStream().write("z".repeat(10_000).getBytes(StandardCharsets.US_ASCII));
      }
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void close_doesNotWaitForClients() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');

      server.close().block(Duration.ofSeconds(4));

      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  @Test
  void unknownPath_isNotFound() throws Exception {
    assertThat(get("/hello/../etc/passwd").statusCode()).isEqualTo(404);
  }

  @Test
  void failingPage_isServerErrorWithoutDetails() throws Exception {
    HttpResponse<String> answer = get("/broken");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret detail");
  }

  @Test
  void foreignHostName_isForbidden() throws Exception {
    assertThat(raw("GET /hello HTTP/1.1\r\nHost: rebound.example:9710\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(raw("GET /hello HTTP/1.1\r\nHost: localhost:9710\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void hugeHeader_isRefused() throws Exception {
    String status =
        raw("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(20_000) + "\r\n\r\n");

    assertThat(status).startsWith("HTTP/1.1 4");
  }

  @Test
  void connections_areBounded() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        open.add(new Socket(InetAddress.getLoopbackAddress(), server.address().getPort()));
      }
      // Each of them is served, so that the server has seen them all.
      for (Socket socket : open) {
        socket
            .getOutputStream()
            .write(
                "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      try (Socket oneMore =
          new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
        assertThat(endOf(oneMore)).isTrue();
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void bind_portInUse_saysHowToMend() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AdminAddress address = new AdminAddress(true, "127.0.0.1", taken.getLocalPort());

      assertThatThrownBy(() -> AdminServer.bind(address, List.of()))
          .isInstanceOf(AdminBindException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use")
          .hasMessageContaining("--admin");
    }
  }

  @Test
  void bind_unknownHost_saysSo() {
    AdminAddress address = new AdminAddress(true, "no-such-host.invalid", 0);

    assertThatThrownBy(() -> AdminServer.bind(address, List.of()))
        .isInstanceOf(AdminBindException.class)
        .hasMessageContaining("unknown host");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(10));
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(12), StandardCharsets.US_ASCII);
    }
  }
}
