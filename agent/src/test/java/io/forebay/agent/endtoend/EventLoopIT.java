package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.blockhound.BlockHound;

/**
 * No event loop blocks, and neither does the thread of a delivery: BlockHound watches them in a
 * running agent through an outage, with every kind of node that has to do with sockets, files and
 * queues.
 */
class EventLoopIT {

  private static final int LINES = 5_000;

  @TempDir private Path directory;

  @Test
  void nothingBlocksThroughAnOutage() throws Exception {
    int http = AgentProcess.freePort();
    int tcp = AgentProcess.freePort();
    int udp = AgentProcess.freePort();
    Path log = directory.resolve("app.log");
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent =
            new AgentProcess(directory, pipeline(http, tcp, udp, log, receiver.port()))) {
      agent
          .with("FOREBAY_CDS", "off")
          .with(
              "FOREBAY_JAVA_OPTS",
              "-javaagent:" + blockHound() + " -XX:+AllowRedefinitionToAddDeleteMethods")
          .listeningOn(http)
          .start();
      receiver.down();
      assertThat(new Posting(http, 80).post(100, Duration.ofSeconds(20))).isEqualTo(200);
      LineSender sender = new LineSender(tcp, LINES);
      sender.start();
      StringBuilder lines = new StringBuilder();
      for (int i = 1; i <= LINES; i++) {
        lines.append(Feeder.line(i, 80));
      }
      Files.writeString(log, lines);
      try (DatagramSocket socket = new DatagramSocket()) {
        byte[] datagram = Feeder.line(1, 80).getBytes(StandardCharsets.US_ASCII);
        socket.send(
            new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), udp));
      }
      sender.join();
      receiver.up();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  agent.metric("forebay_delivery_delivered_items_total", "web") >= 100 + 2 * LINES);
      assertThat(agent.get("/api/status")).contains("\"live\":true");
      assertThat(agent.stop()).isZero();
      String printed = Files.readString(agent.log());
      // The virtual machine says so when the watcher is in.
      assertThat(printed).contains("AllowRedefinitionToAddDeleteMethods");
      assertThat(printed).doesNotContain("Blocking call");
    }
  }

  private static Path blockHound() throws Exception {
    return Path.of(BlockHound.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private String pipeline(int http, int tcp, int udp, Path log, int receiver) throws IOException {
    return """
        version: v3
        settings:
          item_buffer_flush_interval: 50ms
        nodes:
        - {name: posts, type: http_input, listen: 127.0.0.1, port: %d}
        - {name: lines, type: tcp_input, listen: 127.0.0.1, port: %d}
        - {name: datagrams, type: udp_input, listen: 127.0.0.1, port: %d}
        - {name: file, type: file_input, path: %s, discovery_interval: 200ms}
        - name: web
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          retry: {initial_interval: 100ms, max_interval: 300ms}
          persistent_queue: {path: %s, mode: backpressure, drain_rate_limit: 5000}
        - name: hop
          type: tcp_output
          port: %d
          persistent_queue: {path: %s, mode: always, compression: zstd}
        - {name: archive, type: localstorage_output, mounted_path: %s}
        links:
        - {from: posts, to: web}
        - {from: lines, to: web}
        - {from: datagrams, to: archive}
        - {from: file, to: web}
        - {from: lines, to: hop}
        - {from: posts, to: archive}
        """
        .formatted(
            http,
            tcp,
            udp,
            log,
            receiver,
            directory.resolve("web-queue"),
            AgentProcess.freePort(),
            directory.resolve("hop-queue"),
            directory.resolve("archive"));
  }
}
