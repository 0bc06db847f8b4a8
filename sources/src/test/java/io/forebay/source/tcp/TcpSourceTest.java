package io.forebay.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.item.Batch;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import io.forebay.source.net.TestTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Leaks.class)
@Timeout(30)
class TcpSourceTest {

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
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    taker = subscriber;
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    new TcpSource(
            Records.of(TcpInputConfig.class, values), events.context("lines"), bound::complete)
        .batches()
        .subscribe(subscriber);
    return bound.orTimeout(10, TimeUnit.SECONDS).join().getPort();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void cutsLinesWhereverTheWritesEnd() throws Exception {
    int port = start(taker);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setTcpNoDelay(true);
      for (byte b : "one\r\ntwo\n\nthr\u00e4e\nlast".getBytes(StandardCharsets.UTF_8)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      await().until(() -> taker.itemCount() == 4);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(taker.bodies()).containsExactly("one", "two", "", "thr\u00e4e", "last"));
    assertThat(taker.items().get(0).attributes()).isEmpty();
    assertThat(taker.items().get(0).resource()).containsKey("host.name");
  }

  @Test
  void takesEveryLineOfManyConnectionsInTheirOrder() throws Exception {
    int port = start(taker);
    int clients = 8;
    int lines = 20_000;
    List<Thread> threads = new ArrayList<>();
    for (int c = 0; c < clients; c++) {
      int id = c;
      Thread thread = new Thread(() -> sendLines(port, id, lines));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await().until(() -> taker.itemCount() == (long) clients * lines);
    int[] next = new int[clients];
    for (String body : taker.bodies()) {
      String[] parts = body.split(" ");
      assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
    }
  }

  private static void sendLines(int port, int id, int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(id).append(' ').append(i).append('\n');
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, text.toString());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What is read fills arrays that were used before, but none that somebody may still read. */
  @Test
  void writesOnlyOverBytesThatNobodyReadsAnyMore() throws Exception {
    Queue<Batch> held = new ConcurrentLinkedQueue<>();
    int port = start(Taker.with(held::add));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      sendNumbered(socket, 0, 4096);
      await().until(() -> taker.itemCount() == 4096);
      List<Batch> first = new ArrayList<>(held);
      held.clear();
      List<Batch> large =
          first.stream().filter(batch -> arrayOf(batch).length == LARGEST_CHUNK).toList();
      assertThat(large).hasSizeGreaterThan(4);
      Batch notEnded = large.get(0);
      Batch kept = large.get(1);
      Batch failed = large.get(2);
      kept.acknowledgement().keepBytes();
      failed.acknowledgement().fail();
      for (Batch batch : first) {
        if (batch != notEnded && batch != failed) {
          batch.acknowledgement().complete();
        }
      }
      List<List<String>> before =
          Stream.of(notEnded, kept, failed).map(TcpSourceTest::text).toList();

      sendNumbered(socket, 4096, 8192);
      await().until(() -> taker.itemCount() == 12288);

      assertThat(Stream.of(notEnded, kept, failed).map(TcpSourceTest::text)).isEqualTo(before);
      List<byte[]> used = held.stream().map(TcpSourceTest::arrayOf).toList();
      assertThat(used).doesNotContain(arrayOf(notEnded), arrayOf(kept), arrayOf(failed));
      assertThat(used).containsAnyElementsOf(large.stream().map(TcpSourceTest::arrayOf).toList());
      assertThat(taker.bodies()).hasSize(12288).doesNotHaveDuplicates();
    }
  }

  private static final int LARGEST_CHUNK = 256 << 10;

  private static byte[] arrayOf(Batch batch) {
    // The first line of a chunk may have begun in the chunk before, and is a copy then.
    return batch.items().get(batch.size() - 1).body().array();
  }

  private static List<String> text(Batch batch) {
    return batch.items().stream().map(item -> item.body().toUtf8()).toList();
  }

  private static void sendNumbered(Socket socket, int from, int count) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < from + count; i++) {
      text.append(i).append(' ').append("x".repeat(1000)).append('\n');
    }
    write(socket, text.toString());
  }

  @Test
  void leavesTheSocketAloneWithoutDemand() throws Exception {
    int port = start(Taker.acknowledging(1));
    byte[] lines = ("x".repeat(1023) + "\n").repeat(64).getBytes(StandardCharsets.US_ASCII);
    AtomicLong written = new AtomicLong();
    long total = 64L << 20;
    try (Socket socket = new Socket("127.0.0.1", port)) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  OutputStream out = socket.getOutputStream();
                  while (written.get() < total) {
                    out.write(lines);
                    written.addAndGet(lines.length);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      writer.start();
      long[] last = {-1};
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(() -> written.get() == last[0] | (last[0] = written.get()) < 0);
      assertThat(written.get()).isLessThan(total);
      assertThat(taker.batches()).hasSize(1);
      taker.request(Long.MAX_VALUE);
      writer.join();
      await().atMost(Duration.ofSeconds(20)).until(() -> taker.itemCount() == written.get() / 1024);
    }
  }

  @Test
  void boundsWhatIsNotAcknowledged() throws Exception {
    int port = start(Taker.holding(), "maxPendingSizePerConnection", DataSize.parse("64KiB"));
    byte[] lines = ("x".repeat(1023) + "\n").repeat(4096).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      Thread writer = writer(socket, lines);
      await().until(() -> taker.itemCount() >= 60);
      Thread.sleep(300);
      long held = taker.itemCount();
      assertThat(held).isLessThan(1000);
      int done = 0;
      while (taker.itemCount() < 4096) {
        List<io.forebay.core.item.Batch> batches = taker.batches();
        for (; done < batches.size(); done++) {
          batches.get(done).acknowledgement().complete();
        }
        Thread.onSpinWait();
      }
      writer.join();
    }
  }

  @Test
  void boundsWhatAllConnectionsHold() throws Exception {
    int port = start(Taker.holding(), "maxPendingSize", DataSize.parse("64KiB"));
    byte[] lines = ("x".repeat(1023) + "\n").repeat(2048).getBytes(StandardCharsets.US_ASCII);
    try (Socket one = new Socket("127.0.0.1", port);
        Socket two = new Socket("127.0.0.1", port)) {
      Thread first = writer(one, lines);
      Thread second = writer(two, lines);
      await().until(() -> taker.itemCount() >= 60);
      Thread.sleep(300);
      assertThat(taker.itemCount()).isLessThan(1500);
      int done = 0;
      while (taker.itemCount() < 4096) {
        List<io.forebay.core.item.Batch> batches = taker.batches();
        for (; done < batches.size(); done++) {
          batches.get(done).acknowledgement().complete();
        }
        Thread.onSpinWait();
      }
      first.join();
      second.join();
    }
  }

  private static Thread writer(Socket socket, byte[] bytes) {
    Thread writer =
        new Thread(
            () -> {
              try {
                socket.getOutputStream().write(bytes);
              } catch (IOException e) {
                // Closed by the test's end.
              }
            });
    writer.start();
    return writer;
  }

  @Test
  void countsWhatWasNotAcknowledged() throws Exception {
    int port = start(Taker.holding());
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, "a\nb\n");
      await().until(() -> taker.itemCount() == 2);
      taker.batches().forEach(batch -> batch.acknowledgement().fail());
    }
    assertThat(events.droppedItems("not_acknowledged")).isEqualTo(2);
  }

  @Test
  void onCancelClosesPortAndConnections() throws Exception {
    int port = start(Taker.acknowledging(0));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "a\nb\n");
      Thread.sleep(200);
      taker.cancel();
      assertThat(readToEnd(socket)).isEqualTo(-1);
    }
    await().until(() -> !canConnect(port));
    await().untilAsserted(() -> assertThat(events.droppedItems("not_acknowledged")).isEqualTo(2));
  }

  @Test
  void cutsLongLines() throws Exception {
    int port = start(taker, "maxLineSize", DataSize.ofBytes(4));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, "123456\n1234\r\n");
      await().until(() -> taker.itemCount() == 2);
    }
    assertThat(taker.bodies()).containsExactly("1234", "1234");
    assertThat(events.count("line_cut")).isEqualTo(1);
    assertThat(events.droppedBytes("line_cut")).isEqualTo(2);
  }

  @Test
  void closesAConnectionThatSendsNothing() throws Exception {
    int port = start(taker, "readTimeout", Duration.ofMillis(300));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "rest");
      assertThat(readToEnd(socket)).isEqualTo(-1);
    }
    await().untilAsserted(() -> assertThat(taker.bodies()).containsExactly("rest"));
    assertThat(events.count("read_timeout")).isEqualTo(1);
  }

  @Test
  void showsTheOriginatingAddressWhenAsked() throws Exception {
    int port = start(taker, "showOriginatingIp", true);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      write(socket, "a\n");
      await().until(() -> taker.itemCount() == 1);
    }
    assertThat(taker.items().get(0).attributes()).isEqualTo(Map.of("client.address", "127.0.0.1"));
  }

  @Test
  void boundsConnections() throws Exception {
    int port = start(taker, "maxConnections", 1);
    try (Socket first = new Socket("127.0.0.1", port)) {
      write(first, "a\n");
      await().until(() -> taker.itemCount() == 1);
      try (Socket second = new Socket("127.0.0.1", port)) {
        second.setSoTimeout(5000);
        assertThat(readToEnd(second)).isEqualTo(-1);
      }
      write(first, "b\n");
      await().until(() -> taker.itemCount() == 2);
    }
    assertThat(events.count("connection_refused")).isEqualTo(1);
  }

  @Test
  void speaksTlsAndVerifiesClients() throws Exception {
    int port =
        start(taker, "tls", TestTls.server(TlsSettings.ClientAuth.REQUIREANDVERIFYCLIENTCERT));
    String lines = "0123456789\n".repeat(20_000);
    try (Socket socket =
        TestTls.client("client").getSocketFactory().createSocket("127.0.0.1", port)) {
      write(socket, lines);
      write(socket, "last");
      socket.shutdownOutput();
      await().until(() -> taker.itemCount() == 20_001);
    }
    assertThat(taker.bodies()).endsWith("last");
    try (Socket socket =
        TestTls.client("stranger").getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      write(socket, "x\n");
      readToEnd(socket);
    } catch (IOException refused) {
      // However the client hears of it.
    }
    assertThat(taker.itemCount()).isEqualTo(20_001);
  }

  @Test
  void aPortInUseIsAnErrorThatNamesIt() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, Object> values = Map.of("port", other.getLocalPort(), "listen", "127.0.0.1");
      TcpSource source =
          new TcpSource(
              Records.of(TcpInputConfig.class, values), events.context("lines"), address -> {});
      assertThatThrownBy(() -> source.batches().blockFirst(Duration.ofSeconds(10)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("lines cannot listen on 127.0.0.1:" + other.getLocalPort());
    }
  }

  private static int readToEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (java.net.SocketException reset) {
      return -1;
    }
  }

  private static boolean canConnect(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
