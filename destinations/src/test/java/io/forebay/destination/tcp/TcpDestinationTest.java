package io.forebay.destination.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import io.forebay.destination.Items;
import io.forebay.destination.tcp.TcpOutputConfig.Encoder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class TcpDestinationTest extends DestinationContract {

  private final TcpReceiver receiver = new TcpReceiver(server -> server);

  @Override
  protected Destination newDestination() {
    return destination(receiver.port(), Encoder.JSON, 4, Duration.ofSeconds(10));
  }

  @Override
  protected void receiverUp() {
    receiver.start();
  }

  @Override
  protected void receiverDown() {
    receiver.stop();
  }

  @Override
  protected List<String> received() {
    byte[] bytes = receiver.bytes();
    return Items.split(bytes, bytes.length);
  }

  @Test
  void sendsBodiesAloneByDefault() {
    Destination raw = destination(receiver.port(), Encoder.RAW, 1, Duration.ofSeconds(10));
    try {
      Item one = Item.log(1, ByteSlice.utf8("first"), Map.of(), Map.of());
      Item two = Item.log(1, ByteSlice.utf8("sécond"), Map.of(), Map.of());

      assertThat(raw.send(Items.batch(List.of(one, two))).block(PATIENCE))
          .isInstanceOf(Delivered.class);

      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(new String(receiver.bytes(), StandardCharsets.UTF_8))
                      .isEqualTo("first\nsécond\n"));
    } finally {
      raw.close().block(PATIENCE);
    }
  }

  @Test
  void aSingleSenderStaysOnOneConnection() {
    for (int i = 0; i < 10; i++) {
      send(Items.batch(List.of(Items.numbered(i))));
    }

    Awaitility.await().atMost(PATIENCE).until(() -> received().size() == 10);
    assertThat(receiver.connections()).isEqualTo(1);
  }

  @Test
  void connectsAgainAfterTheReceiverClosedTheConnection() {
    send(Items.batch(List.of(Items.numbered(1))));
    Awaitility.await().atMost(PATIENCE).until(() -> received().size() == 1);
    receiver.disconnectAll();

    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              send(Items.batch(List.of(Items.numbered(2))));
              return receiver.connections() == 2;
            });
  }

  @Test
  void everySendEndsWellWhileConnectionsBreak() {
    List<SendResult> results =
        Flux.range(0, 2000)
            .flatMap(
                i ->
                    Mono.fromCallable(() -> send(Items.batch(List.of(Items.numbered(i)))))
                        .doOnNext(
                            result -> {
                              if (i % 20 == 0) {
                                receiver.disconnectAll();
                              }
                            })
                        .subscribeOn(Schedulers.boundedElastic()),
                4)
            .collectList()
            .block(PATIENCE);

    assertThat(results)
        .hasSize(2000)
        .allSatisfy(
            result ->
                assertThat(result instanceof Retry retry ? retry.why() : "")
                    .doesNotContain("NullPointer"))
        .allMatch(result -> result instanceof Delivered || result instanceof Retry);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> send(Items.batch(List.of(Items.numbered(1)))) instanceof Delivered);
  }

  @Test
  void aReceiverThatDoesNotReadMeansRetryWithinTheTimeout() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Destination slow = destination(deaf.getLocalPort(), Encoder.JSON, 1, Duration.ofSeconds(1));
      try {
        // More than the buffers of both sockets hold.
        SendResult result = slow.send(Items.batch(Items.many(200_000))).block(PATIENCE);

        assertThat(result).isInstanceOf(Retry.class);
        assertThat(((Retry) result).why()).contains("within 1000 ms");
      } finally {
        slow.close().block(PATIENCE);
      }
    }
  }

  private static Destination destination(int port, Encoder encoder, int workers, Duration timeout) {
    return new TcpDestinationFactory()
        .create(
            new TcpOutputConfig(
                Contexts.settings(workers, timeout), "127.0.0.1", port, encoder, null, null),
            Contexts.context());
  }
}
