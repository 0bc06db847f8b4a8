package io.forebay.source.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.core.config.DataSize;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Leaks.class)
@Timeout(30)
class UdpSourceTest {

  private final Events events = new Events();
  private Taker taker = Taker.acknowledging();

  @AfterEach
  void stop() {
    taker.cancel();
  }

  private int start(Taker subscriber, Object... keysAndValues) {
    Map<String, Object> values = new HashMap<>();
    values.put("port", 0);
    values.put("listen", "127.0.0.1");
    values.put("receiveBufferSize", DataSize.parse("128KiB"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    taker = subscriber;
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    new UdpSource(
            Records.of(UdpInputConfig.class, values), events.context("datagrams"), bound::complete)
        .batches()
        .subscribe(subscriber);
    return bound.orTimeout(10, TimeUnit.SECONDS).join().getPort();
  }

  private static void send(DatagramSocket socket, int port, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
  }

  private static void send(DatagramSocket socket, int port, String text) throws IOException {
    send(socket, port, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void splitsDatagramsToLines() throws Exception {
    int port = start(taker);
    try (DatagramSocket socket = new DatagramSocket()) {
      send(socket, port, "one");
      send(socket, port, "two\r\n");
      send(socket, port, "");
      send(socket, port, "three\n\nfive");
      await().until(() -> taker.itemCount() == 5);
    }
    assertThat(taker.bodies()).containsExactly("one", "two", "three", "", "five");
    assertThat(taker.items().get(0).attributes()).isEmpty();
  }

  @Test
  void takesTheLargestDatagramAndGathersBursts() throws Exception {
    int port = start(taker);
    byte[] large = "x".repeat(65_507).getBytes(StandardCharsets.US_ASCII);
    try (DatagramSocket socket = new DatagramSocket()) {
      send(socket, port, large);
      for (int i = 0; i < 50; i++) {
        send(socket, port, "line " + i);
      }
      await().until(() -> taker.itemCount() == 51);
    }
    assertThat(taker.items().get(0).body().length()).isEqualTo(65_507);
    assertThat(taker.bodies()).endsWith("line 49");
    assertThat(taker.batches()).hasSizeLessThan(51);
  }

  @Test
  void cutsALongDatagramAndCountsIt() throws Exception {
    int port = start(taker, "maxDatagramSize", DataSize.ofBytes(4));
    try (DatagramSocket socket = new DatagramSocket()) {
      send(socket, port, "123456");
      send(socket, port, "1234");
      await().until(() -> taker.itemCount() == 2);
    }
    assertThat(taker.bodies()).containsExactly("1234", "1234");
    assertThat(events.count("datagram_cut")).isEqualTo(1);
  }

  @Test
  void dropsAndCountsWhenTheReceiverIsFull() throws Exception {
    int port = start(Taker.acknowledging(0), "maxPendingSize", DataSize.parse("1KiB"));
    try (DatagramSocket socket = new DatagramSocket()) {
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                send(socket, port, "x".repeat(100));
                return events.droppedItems("receiver_full") > 0;
              });
      assertThat(events.droppedBytes("receiver_full")).isGreaterThanOrEqualTo(100);
      taker.request(Long.MAX_VALUE);
      await().until(() -> taker.itemCount() > 0);
      send(socket, port, "after");
      await().until(() -> taker.bodies().contains("after"));
    }
  }

  @Test
  void showsTheOriginatingAddressWhenAsked() throws Exception {
    int port = start(taker, "showOriginatingIp", true);
    try (DatagramSocket socket = new DatagramSocket()) {
      send(socket, port, "a");
      await().until(() -> taker.itemCount() == 1);
    }
    assertThat(taker.items().get(0).attributes()).isEqualTo(Map.of("client.address", "127.0.0.1"));
  }

  @Test
  void aPortInUseIsAnErrorThatNamesIt() throws Exception {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Map<String, Object> values = Map.of("port", other.getLocalPort(), "listen", "127.0.0.1");
      UdpSource source =
          new UdpSource(
              Records.of(UdpInputConfig.class, values), events.context("datagrams"), a -> {});
      assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(10)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("datagrams cannot listen on 127.0.0.1:" + other.getLocalPort());
    }
  }

  @Test
  void onCancelThePortIsFree() throws Exception {
    // The kernel may give a free port to anybody on the machine, but hardly three times in a row.
    boolean free = false;
    for (int attempt = 0; attempt < 3 && !free; attempt++) {
      int port = start(Taker.acknowledging());
      taker.cancel();
      free = becomesFree(port);
    }
    assertThat(free).isTrue();
  }

  private static boolean becomesFree(int port) throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
        return socket.isBound();
      } catch (IOException inUse) {
        Thread.sleep(50);
      }
    }
    return false;
  }
}
