package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.ServingStatus;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.config.DataSize;
import io.forebay.core.item.Item;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.Taker;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Bounds, refusals and what comes with the port. */
@ExtendWith(Leaks.class)
@Timeout(60)
class CollectorLimitsTest {

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Gateway start(Taker taker, Object... keysAndValues) {
    Gateway gateway = Gateway.start(directory, taker, keysAndValues);
    open.add(gateway);
    return gateway;
  }

  private Sender sender(Gateway gateway, String agentId) {
    Sender sender = gateway.sender(agentId);
    open.add(sender);
    return sender;
  }

  private static Duration retryDelay(StatusRuntimeException failure) throws Exception {
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    assertThat(details).isNotNull();
    assertThat(details.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
    RetryInfo info = details.getDetails(0).unpack(RetryInfo.class);
    return Duration.ofSeconds(info.getRetryDelay().getSeconds(), info.getRetryDelay().getNanos());
  }

  // ---- malformed windows

  @Test
  void refusesMalformedWindows() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    StreamEventsRequest.Builder[][] malformed = {
      {},
      {StreamEventsRequest.newBuilder().setEpoch(1).addEvents(Sender.event(0))},
      {sender.message().setAgentId("x".repeat(256)).addEvents(Sender.event(0))},
      {sender.message().setAgentId("a\nb").addEvents(Sender.event(0))},
      {sender.events(0, 2), sender.events(2, 3).setAgentId("other")},
      {sender.events(0, 2), sender.events(2, 3).setEpoch(1)},
      {sender.events(0, 2), sender.events(2, 3).setContinuesFrom(9)},
      {sender.message().addEvents(Sender.event(3)).addEvents(Sender.event(3))},
      {sender.events(5, 9), sender.events(8, 10)},
      {sender.message().addEvents(Sender.event(-1))},
      {sender.message().addEvents(Sender.event(Long.MAX_VALUE))},
      {sender.message().setContinuesFrom(-5)},
      {sender.message().addGaps(Sender.gap(5, 4, GapReason.GAP_REASON_SKIPPED))},
      {sender.message().addGaps(Sender.gap(0, -1, GapReason.GAP_REASON_SKIPPED))},
      {sender.events(0, 9).addGaps(Sender.gap(3, 12, GapReason.GAP_REASON_SKIPPED))},
    };
    for (int i = 0; i < malformed.length; i++) {
      Sender.Stream window = sender.window(malformed[i]);
      assertThat(window.status().getDescription()).as("window %d", i).isNotBlank();
      assertThat(window.code()).as("window %d", i).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(gateway.events().count("malformed_window")).isEqualTo(malformed.length);
    assertThat(sender.as("fresh", 1).window(sender.as("fresh", 1).events(0, 2)).next())
        .isEqualTo(2);
  }

  @Test
  void takesAnItemThatIsNoneAsText() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    String[] items = {
      "plain text",
      "",
      "{\"_type\":\"log\",\"body\":\"a\"}\n{\"_type\":\"log\",\"body\":\"injected\"}",
      "{\"_type\":\"log\",\"body\":\"unfinished",
      "[1,2]",
      "{\"_type\":\"log\",\"body\":oops}",
      "{\"_type\":\"log\"}{\"_type\":\"log\"}",
      "{\"other\":\"json\"}",
      "{\"_type\":\"log\",\"body\":\"own\"}",
    };
    StreamEventsRequest.Builder message = sender.message();
    for (int i = 0; i < items.length; i++) {
      message.addEvents(Sender.event(i, items[i]));
    }
    assertThat(sender.window(message).next()).isEqualTo(items.length);
    List<Item> taken = gateway.taker().items();
    for (int i = 0; i < 8; i++) {
      assertThat(taken.get(i).encoded()).isNull();
      assertThat(taken.get(i).body().toUtf8()).isEqualTo(items[i]);
    }
    assertThat(taken.get(8).body().toUtf8()).isEqualTo("own");
    assertThat(gateway.events().count("malformed_item")).isEqualTo(7);
  }

  // ---- sizes

  @Test
  void refusesALargeMessageByItsSize() {
    Gateway gateway = start(Taker.acknowledging(), "maxMessageSize", new DataSize(64 << 10));
    Sender sender = sender(gateway, "a1");
    Status status = sender.window(sender.message().addEvents(Sender.bytes(0, 100_000))).status();
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).contains("size");
    await().until(() -> gateway.events().count("too_large") == 1);
    assertThat(sender.window(sender.message().addEvents(Sender.bytes(0, 50_000))).next())
        .isEqualTo(1);
  }

  @Test
  void readsCompressedMessagesAndRefusesABomb() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1").compressing();
    assertThat(sender.window(sender.events(0, 500)).next()).isEqualTo(500);
    Status status = sender.window(sender.message().addEvents(Sender.bytes(500, 64 << 20))).status();
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).contains("exceeds maximum size");
    assertThat(gateway.taker().itemCount()).isEqualTo(500);
  }

  @Test
  void refusesALargeWindowByItsSize() {
    Gateway gateway =
        start(
            Taker.acknowledging(), "maxWindowEvents", 100, "maxWindowSize", new DataSize(64 << 10));
    Sender sender = sender(gateway, "a1");
    Status events = sender.window(sender.events(0, 60), sender.events(60, 120)).status();
    assertThat(events.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(events.getDescription()).contains("larger than max_window_events");
    Status bytes =
        sender
            .as("a2", 1)
            .window(sender.as("a2", 1).message().addEvents(Sender.bytes(0, 70_000)))
            .status();
    assertThat(bytes.getDescription()).contains("larger than max_window_size");
  }

  @Test
  void refusesTooManyWindows() throws Exception {
    Gateway gateway = start(Taker.acknowledging(), "maxStreams", 2);
    Sender sender = sender(gateway, "a1");
    Sender.Stream one = sender.open().send(sender.events(0, 1));
    Sender.Stream two = sender.as("a2", 1).open().send(sender.as("a2", 1).events(0, 1));
    await().until(() -> gateway.taker().itemCount() == 2);
    StatusRuntimeException refused = sender.as("a3", 1).open().failure();
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(retryDelay(refused)).isBetween(Duration.ofMillis(2500), Duration.ofMillis(7500));
    assertThat(one.end().next()).isEqualTo(1);
    assertThat(two.end().next()).isEqualTo(1);
    Sender three = sender.as("a3", 1);
    assertThat(three.window(three.events(0, 1)).next()).isEqualTo(1);
  }

  @Test
  void closesAConnectionTooMany() {
    Gateway gateway = start(Taker.acknowledging(), "maxConnections", 1);
    Sender one = sender(gateway, "a1");
    one.window(one.events(0, 1)).answer();
    Sender two = sender(gateway, "a2");
    assertThat(two.window(two.events(0, 1)).code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(gateway.events().count("connection_refused")).isPositive();
    one.close();
    two.close();
    Sender three = sender(gateway, "a3");
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> three.health().getStatus() == ServingStatus.SERVING_STATUS_SERVING);
  }

  @Test
  void endsAnIdleWindow() {
    Gateway gateway = start(Taker.acknowledging(), "idleTimeout", Duration.ofMillis(300));
    Sender sender = sender(gateway, "a1");
    Sender.Stream idle = sender.open().send(sender.events(0, 3));
    Status status = idle.status();
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).contains("idle_timeout");
    // What it brought is safe.
    await().until(() -> sender.cursor() == 3);
    assertThat(gateway.events().count("idle")).isEqualTo(1);
  }

  @Test
  void doesNotCallAWindowIdleThatWaitsForAcknowledgement() throws Exception {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker, "idleTimeout", Duration.ofMillis(200));
    Sender sender = sender(gateway, "a1");
    Sender.Stream window = sender.window(sender.events(0, 3));
    await().until(() -> taker.itemCount() == 3);
    Thread.sleep(500);
    assertThat(window.isDone()).isFalse();
    taker.batches().forEach(batch -> batch.acknowledgement().complete());
    assertThat(window.next()).isEqualTo(3);
  }

  // ---- pressure

  @Test
  void refusesNewWindowsWhileThePipelineTakesNothing() throws Exception {
    Taker taker = Taker.acknowledging(0);
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream waiting = sender.window(sender.events(0, 3));
    StatusRuntimeException failure = waiting.failure();
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(retryDelay(failure)).isPositive();
    assertThat(sender.window(sender.events(0, 3)).code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(sender.health().getStatus()).isEqualTo(ServingStatus.SERVING_STATUS_NOT_SERVING);
    assertThat(standardHealth(sender, "")).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
    taker.request(Long.MAX_VALUE);
    await().until(() -> sender.health().getStatus() == ServingStatus.SERVING_STATUS_SERVING);
    assertThat(sender.window(sender.events(0, 3)).next()).isEqualTo(3);
    assertThat(taker.itemCount()).isEqualTo(3);
    await()
        .until(
            () ->
                standardHealth(sender, CollectorService.NAME)
                    == HealthCheckResponse.ServingStatus.SERVING);
  }

  @Test
  void readsNoFurtherThanTheBudgetAndRefusesNewWindows() {
    Taker taker = Taker.holding();
    Gateway gateway =
        start(
            taker,
            "maxPendingSize",
            new DataSize(256 << 10),
            "maxMessageSize",
            new DataSize(64 << 10));
    Sender sender = sender(gateway, "a1");
    Sender.Stream stream = sender.open();
    for (int i = 0; i < 64; i++) {
      stream.send(sender.message().addEvents(Sender.bytes(i, 32_000)));
    }
    stream.end();
    await().until(() -> taker.itemCount() >= 8);
    assertThat(taker.itemCount()).isLessThan(32);
    Sender other = sender.as("a2", 1);
    assertThat(other.window(other.events(0, 1)).code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    // As they are acknowledged the rest comes.
    int done = 0;
    while (done < 64) {
      for (; done < taker.batches().size(); done++) {
        taker.batches().get(done).acknowledgement().complete();
      }
      if (stream.isDone()) {
        break;
      }
      Thread.onSpinWait();
    }
    assertThat(stream.next()).isEqualTo(64);
    assertThat(taker.itemCount()).isEqualTo(64);
  }

  @Test
  void halfMessagesOfManyClientsDoNotHoldMoreThanTheBudget() throws Exception {
    Gateway gateway =
        start(
            Taker.acknowledging(),
            "maxPendingSize",
            new DataSize(64 << 10),
            "maxMessageSize",
            new DataSize(64 << 10),
            "idleTimeout",
            Duration.ofMillis(700));
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      RawClient client = new RawClient(gateway.port());
      open.add(client);
      clients.add(client);
      client.openStream(1);
      // A message of 60 KiB of which 40 KiB come.
      client.halfMessage(1, 60 << 10, 40 << 10);
    }
    await().until(() -> gateway.events().count("overloaded") > 0);
    // The others are ended as idle, and the port is as good as new.
    Sender sender = sender(gateway, "a1");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> sender.health().getStatus() == ServingStatus.SERVING_STATUS_SERVING);
    assertThat(sender.window(sender.events(0, 5)).next()).isEqualTo(5);
  }

  // ---- what comes with the port

  private static HealthCheckResponse.ServingStatus standardHealth(Sender sender, String service) {
    return HealthGrpc.newBlockingStub(sender.channel())
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  @Test
  void answersTheStandardHealthCheck() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    assertThat(standardHealth(sender, "")).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    assertThat(standardHealth(sender, "forebay.collector.v1.Collector"))
        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    assertThatThrownBy(() -> standardHealth(sender, "another"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void answersReflection() throws Exception {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    CompletableFuture<ServerReflectionResponse> services = new CompletableFuture<>();
    CompletableFuture<ServerReflectionResponse> file = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(sender.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    (response.hasListServicesResponse() ? services : file).complete(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    services.completeExceptionally(error);
                    file.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    questions.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("forebay.collector.v1.Collector")
            .build());
    assertThat(services.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(service -> service.getName())
        .contains(
            "forebay.collector.v1.Collector",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
    assertThat(
            file.get(10, TimeUnit.SECONDS)
                .getFileDescriptorResponse()
                .getFileDescriptorProto(0)
                .toString(StandardCharsets.ISO_8859_1))
        .contains("StreamEventsRequest");
    questions.onCompleted();
  }

  // ---- stop and start

  @Test
  void stopAnswersWhatIsCompleteAndEndsTheRest() {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream complete = sender.window(sender.events(0, 3));
    Sender other = sender.as("a2", 1);
    Sender.Stream incomplete = other.open().send(other.events(0, 2));
    await().until(() -> taker.itemCount() == 5);
    taker.cancel();
    assertThat(incomplete.code()).isEqualTo(Status.Code.UNAVAILABLE);
    taker.batches().forEach(batch -> batch.acknowledgement().complete());
    assertThat(complete.next()).isEqualTo(3);
    gateway.close();
    // What the incomplete one brought is kept, too.
    Gateway next = start(Taker.acknowledging());
    Sender back = sender(next, "a2").as("a2", 1);
    assertThat(back.cursor()).isEqualTo(2);
    assertThat(sender(next, "a1").cursor()).isEqualTo(3);
  }

  @Test
  void stopGivesUpOnWhatIsNeverAcknowledged() {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream window = sender.window(sender.events(0, 3));
    await().until(() -> taker.itemCount() == 3);
    taker.cancel();
    assertThat(window.code()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
  }

  @Test
  void saysThatThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Events events = new Events();
      CollectorSource source =
          new CollectorSource(
              Gateway.config("port", taken.getLocalPort(), "listen", "0.0.0.0"),
              Gateway.context(directory, events),
              Gateway.disk(directory),
              Gateway.QUICK,
              address -> {});
      assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(20)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("gate")
          .hasMessageContaining(String.valueOf(taken.getLocalPort()))
          .hasMessageContaining("in use");
      source.close().block(Duration.ofSeconds(10));
    }
  }

  @Test
  void saysThatTheCursorsCannotBeOpened() throws Exception {
    Path file = Files.createFile(directory.resolve("cursors"));
    CollectorSource source =
        new CollectorSource(
            Gateway.config(),
            Gateway.context(directory, new Events()),
            Gateway.disk(directory),
            Gateway.QUICK,
            address -> {});
    assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(20)))
        .hasMessageContaining("gate")
        .hasMessageContaining(file.toString());
  }

  @Test
  void givesNoAnswerThatIsNotDurable() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    sender.window(sender.events(0, 5)).answer();
    gateway.disk().fail(true);
    Sender.Stream window = sender.window(sender.events(5, 5, 10));
    assertThat(window.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(window.status().getDescription()).contains("durable");
    assertThat(sender.window(sender.events(10, 10, 12)).code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(sender.health().getStatus()).isEqualTo(ServingStatus.SERVING_STATUS_NOT_SERVING);
    assertThat(sender.cursor()).isEqualTo(5);
    gateway.disk().fail(false);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> sender.health().getStatus() == ServingStatus.SERVING_STATUS_SERVING);
    // What was taken meanwhile is not taken again.
    assertThat(sender.window(sender.events(5, 5, 12)).answer().getNextSequence()).isEqualTo(12);
    assertThat(gateway.taker().itemCount()).isEqualTo(12);
  }

  // ---- hostile clients

  @Test
  void survivesGarbage() throws Exception {
    Gateway gateway = start(Taker.acknowledging());
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      OutputStream out = socket.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      socket.setSoTimeout(5000);
      while (socket.getInputStream().read() >= 0) {
        // Until the server closes.
      }
    }
    try (RawClient client = new RawClient(gateway.port())) {
      client.openStream(1);
      client.message(1, new byte[] {(byte) 0xff, 1, 2, 3, 4});
      assertThat(client.trailersOf(1)).contains("INVALID_ARGUMENT");
    }
    Sender sender = sender(gateway, "a1");
    assertThat(sender.window(sender.events(0, 5)).next()).isEqualTo(5);
  }

  @Test
  void refusesAMessageOfCountlessEmptyEvents() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    StreamEventsRequest.Builder message = sender.message();
    for (int i = 0; i < 70_000; i++) {
      message.addEvents(Sender.event(i, ""));
    }
    Status status = sender.window(message).status();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("65536");
  }

  @Test
  void forgetsTheAgentThatWasSilentLongest() {
    Gateway gateway = start(Taker.acknowledging(), "maxAgents", 3);
    Sender first = sender(gateway, "a0");
    for (int i = 0; i < 5; i++) {
      Sender each = first.as("a" + i, 1);
      assertThat(each.window(each.events(0, 2)).next()).isEqualTo(2);
    }
    await().until(() -> gateway.events().count("cursor_evicted") == 2);
    assertThat(first.as("a0", 1).cursor()).isEqualTo(-1);
    assertThat(first.as("a1", 1).cursor()).isEqualTo(-1);
    assertThat(first.as("a4", 1).cursor()).isEqualTo(2);
  }
}
