package io.forebay.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.agent.admin.AdminAddress;
import io.forebay.agent.admin.AdminBindException;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.graph.PipelineLoader.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent in this process, asked over its admin server. */
@Timeout(60)
class AgentTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path temp;

  private final AtomicInteger answer = new AtomicInteger(200);
  private HttpServer receiver;
  private Agent agent;

  @BeforeEach
  void startReceiver() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(answer.get(), -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stopAll() {
    if (agent != null) {
      agent.stop().block(PATIENCE);
    }
    receiver.stop(0);
  }

  @Test
  void beforeTheStart_itLivesButIsNotReady() throws Exception {
    create(0);

    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("\"status\":\"not_ready\"", "\"code\":\"");
  }

  @Test
  void running_itIsReady_andTellsWhatItDoes() throws Exception {
    create(0);
    agent.start().block(PATIENCE);

    await().atMost(PATIENCE).until(() -> get("/health/ready").statusCode() == 200);
    await()
        .atMost(PATIENCE)
        .until(() -> get("/api/status").body().contains("\"delivered_items\":500"));
    assertThat(get("/api/status").body())
        .startsWith("{\"version\":\"test\",\"state\":\"running\"")
        .contains("\"name\":\"in\",\"type\":\"demo_input\",\"kind\":\"source\"")
        .contains("\"state\":\"direct\"", "\"buffered_items\":0", "\"max_bytes\":1000000000")
        .contains("\"links\":[{\"from\":\"in\",\"path\":\"\",\"to\":\"out\",\"items\":500}]");
    assertThat(get("/metrics").body())
        .contains("ed_buffer_disk_bytes{")
        .contains("forebay_delivery_delivered_items_total{node=\"out\"} 500");
    assertThat(get("/").body()).contains("/metrics", "/health/ready", "/api/status");
  }

  @Test
  void refusedByTheReceiver_itIsNotReady_andSaysWhy() throws Exception {
    answer.set(401);
    create(0);
    agent.start().block(PATIENCE);

    await().atMost(PATIENCE).until(() -> get("/health/ready").statusCode() == 503);
    assertThat(get("/health/ready").body())
        .contains("\"node\":\"out\"", "\"code\":\"paused\"", "401");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void exhaustedSources_completeIt() throws Exception {
    create(0);
    agent.start().block(PATIENCE);

    agent.completion().block(PATIENCE);

    assertThat(get("/api/status").body())
        .contains("\"delivered_items\":500", "\"buffered_items\":0");
  }

  @Test
  void adminAddressInUse_failsBeforeAnyQueueIsOpened() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> create(taken.getLocalPort()))
          .isInstanceOf(AdminBindException.class)
          .hasMessageContaining("--admin");
    }
    assertThat(temp.resolve("queue")).doesNotExist();
  }

  private void create(int adminPort) throws IOException {
    agent =
        Agent.create(
            graph(), temp.resolve("data"), new AdminAddress(true, "127.0.0.1", adminPort), "test");
  }

  private PipelineGraph graph() {
    String yaml =
        """
        version: v3
        settings:
          item_buffer_flush_interval: 50ms
          shutdown_grace: 2s
        nodes:
          - name: in
            type: demo_input
            events_per_sec: 0
            count: 500
          - name: out
            type: http_output
            endpoint: http://127.0.0.1:%d/
            persistent_queue:
              path: %s
        links:
          - from: in
            to: out
        """
            .formatted(receiver.getAddress().getPort(), temp.resolve("queue"));
    Loaded loaded =
        PipelineLoader.parse(
            new SourceText("pipeline.yaml", yaml), ComponentRegistry.load(), name -> null);
    return loaded
        .graph()
        .orElseThrow(() -> new IllegalArgumentException(loaded.problems().render()));
  }

  private HttpResponse<String> get(String path) throws Exception {
    int port = agent.adminAddress().orElseThrow().getPort();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
