package io.forebay.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.agent.endtoend.Books;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program, started as a user starts it. */
@Timeout(120)
class AgentProcessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path temp;

  private final Queue<String> delivered = new ConcurrentLinkedQueue<>();
  private HttpServer receiver;
  private Process process;

  @BeforeEach
  void startReceiver() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    receiver.createContext(
        "/",
        exchange -> {
          delivered.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stopAll() {
    receiver.stop(0);
    if (process != null) {
      process.destroyForcibly();
    }
    Books.assertNoneBroken(temp.resolve("err"));
  }

  @Test
  void run_deliversWhatIsPosted_andStopsInOrderOnSigterm() throws Exception {
    int port = freePort();
    Path config = temp.resolve("pipeline.yaml");
    Files.writeString(
        config,
        """
        version: v3
        settings:
          item_buffer_flush_interval: 100ms
        nodes:
          - name: in
            type: http_input
            listen: 127.0.0.1
            port: %d
          - name: out
            type: http_output
            endpoint: http://127.0.0.1:%d/
            persistent_queue:
              path: %s
        links:
          - from: in
            to: out
        """
            .formatted(port, receiver.getAddress().getPort(), temp.resolve("queue")));
    start(
        "run",
        "-c",
        config.toString(),
        "--data-dir",
        temp.resolve("data").toString(),
        "--admin",
        "127.0.0.1:0");
    await().atMost(PATIENCE).until(() -> standardError().contains("ready"));

    assertThat(post(port, "the first line")).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> String.join("", delivered).contains("the first line"));
    process.destroy();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(standardError()).isZero();
    assertThat(standardError()).contains("SIGTERM").doesNotContain("\tat ");
  }

  @Test
  void run_standardInput_endsByItselfOnceAllIsDelivered() throws Exception {
    Path config = temp.resolve("pipeline.yaml");
    Files.writeString(
        config,
        """
        version: v3
        nodes:
          - name: in
            type: stdin_input
          - name: out
            type: http_output
            endpoint: http://127.0.0.1:%d/
        links:
          - from: in
            to: out
        """
            .formatted(receiver.getAddress().getPort()));
    Path input = Files.writeString(temp.resolve("input"), "one\ntwo\nthree\n");
    start(
        builder -> builder.redirectInput(input.toFile()),
        List.of(
            "run",
            "-c",
            config.toString(),
            "--data-dir",
            temp.resolve("data").toString(),
            "--admin",
            "off"));

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(standardError()).isZero();
    assertThat(String.join("", delivered))
        .contains("\"body\":\"one\"", "\"body\":\"two\"", "\"body\":\"three\"");
  }

  @Test
  void run_brokenConfiguration_isTold_beforeAnythingIsTouched() throws Exception {
    Path config = Files.writeString(temp.resolve("pipeline.yaml"), "version: v3\nnodse: []\n");
    Path data = temp.resolve("data");
    start("run", "-c", config.toString(), "--data-dir", data.toString());

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(standardError()).contains("pipeline.yaml:2:1: error:").doesNotContain("\tat ");
    assertThat(data).doesNotExist();
  }

  private interface Setup {
    void apply(ProcessBuilder builder);
  }

  private void start(String... arguments) throws IOException {
    start(builder -> {}, List.of(arguments));
  }

  private void start(Setup setup, List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(System.getProperty("forebay.launcher"));
    builder.command().addAll(arguments);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectOutput(temp.resolve("out").toFile());
    builder.redirectError(temp.resolve("err").toFile());
    setup.apply(builder);
    process = builder.start();
  }

  private String standardError() throws IOException {
    return Files.readString(temp.resolve("err"));
  }

  private static int post(int port, String line) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .header("Content-Type", "text/plain")
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(line))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
