package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sensor agent, a network, a gateway agent and a receiver behind it. */
class CollectorIT {

  private static final int ROUNDS = 20;
  private static final int LINES_A_ROUND = 10_000;
  private static final Pattern RECORD =
      Pattern.compile("\\{\"_type\":\"log\",[^\n]*SEQ=(\\d{10})[^\n]*}\n");

  private final long seed = Long.getLong("forebay.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir private Path directory;
  private Path certificates;
  private Path sensorHome;
  private Path gatewayHome;
  private int gatewayPort;

  @BeforeEach
  void layOut() throws Exception {
    certificates = directory.resolve("certificates");
    TestCertificates.write(certificates);
    sensorHome = Files.createDirectory(directory.resolve("sensor"));
    gatewayHome = Files.createDirectory(directory.resolve("gateway"));
    gatewayPort = AgentProcess.freePort();
  }

  @Test
  void whateverBreaks_everyEventArrivesInOrder() throws Exception {
    Path log = sensorHome.resolve("app.log");
    try (RecordingReceiver receiver = new RecordingReceiver();
        CuttingProxy network = new CuttingProxy(gatewayPort);
        AgentProcess gateway = gateway(receiver.port(), "common_name");
        AgentProcess sensor = sensor(fileInput(log), network.port(), "client", "500MB")) {
      gateway.start();
      sensor.start();
      for (int round = 0; round < ROUNDS; round++) {
        append(log, round * LINES_A_ROUND + 1, LINES_A_ROUND);
        Thread.sleep(random.nextInt(700));
        upset(round, receiver, network, gateway, sensor);
      }
      int last = ROUNDS * LINES_A_ROUND;
      awaitAll(receiver, last);

      receiver.arrivals().assertNothingLost(last);
      receiver.arrivals().assertInOrder();
      Awaitility.await("the ring is empty again")
          .atMost(Duration.ofSeconds(20))
          .until(() -> sensor.metric("ed_buffer_disk_bytes") == 0);
      assertThat(sensor.metric("forebay_delivery_dead_lettered_items_total")).isIn(0.0, Double.NaN);
      assertThat(sensor.stop()).isZero();
      assertThat(gateway.stop()).isZero();
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          "seed " + seed + "\nsensor: " + tail(sensorHome) + "\ngateway: " + tail(gatewayHome), e);
    }
  }

  private void upset(
      int round,
      RecordingReceiver receiver,
      CuttingProxy network,
      AgentProcess gateway,
      AgentProcess sensor)
      throws Exception {
    switch (round % 10) {
      case 0 -> network.breakAfter(random.nextInt(2_000_000));
      case 1 -> sensor.kill();
      case 2 -> gateway.kill();
      case 3 -> {
        network.cut();
        Thread.sleep(500 + random.nextInt(1000));
      }
      case 4 -> {
        receiver.down();
        Thread.sleep(round == 4 ? 15_000 : 1000);
        gateway.kill();
        receiver.up();
      }
      case 5 -> {
        network.delay(20 + random.nextInt(50));
        Thread.sleep(1500);
      }
      case 6 -> {
        gateway.kill();
        sensor.kill();
      }
      case 7 -> {
        receiver.conduct(new RecordingReceiver.Conduct.CloseMidResponse());
        Thread.sleep(random.nextInt(800));
        receiver.conduct(RecordingReceiver.TAKE);
      }
      case 8 -> {
        network.breakAfter(random.nextInt(300_000));
        Thread.sleep(random.nextInt(500));
        sensor.kill();
        gateway.kill();
      }
      default -> assertThat(gateway.stop()).isZero();
    }
    Thread.sleep(random.nextInt(300));
    network.mend();
    if (!gateway.isAlive()) {
      gateway.start();
    }
    if (!sensor.isAlive()) {
      sensor.start();
    }
  }

  @Test
  void anExpiredCertificate_pausesUntilItIsRenewed() throws Exception {
    TestCertificates.writeExpired(certificates);
    Path own = Files.createDirectory(directory.resolve("own"));
    install("expired", own);
    int port = AgentProcess.freePort();
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess gateway = gateway(receiver.port(), "none");
        AgentProcess sensor =
            sensor(httpInput(port), gatewayPort, own.resolve("client").toString(), "500MB")) {
      gateway.start();
      sensor.listeningOn(port).start();
      Posting posting = new Posting(port, 200);
      posting.postAll(2000);
      Awaitility.await("the sensor pauses")
          .atMost(Duration.ofSeconds(20))
          .until(() -> sensor.get("/api/status").contains("\"state\":\"paused\""));
      assertThat(sensor.status("/health/ready")).isEqualTo(503);
      assertThat(sensor.get("/health/ready"))
          .contains("\"paused\"")
          .containsIgnoringCase("expired");
      assertThat(sensor.metric("forebay_node_healthy", "node=\"out\"")).isZero();
      double before = sensor.metric("ed_buffer_disk_bytes");
      posting.postAll(6000);
      Awaitility.await("the buffer grows")
          .atMost(Duration.ofSeconds(10))
          .until(() -> sensor.metric("ed_buffer_disk_bytes") > before);
      assertThat(receiver.arrivals().distinct()).isZero();
      // Long enough for the wait between attempts to be longer than what is asked for.
      Thread.sleep(8000);

      install("client", own);
      Awaitility.await("delivery resumes")
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> receiver.arrivals().distinct() > 0);
      awaitAll(receiver, 6000);
      receiver.arrivals().assertNothingLost(6000);
      receiver.arrivals().assertInOrder();
      assertThat(receiver.arrivals().duplicates()).isZero();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> sensor.status("/health/ready") == 200);
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          "sensor: " + tail(sensorHome) + "\ngateway: " + tail(gatewayHome), e);
    }
  }

  @Test
  void aFullRing_keepsTheNewest_andTheGatewayKnowsWhatIsGone() throws Exception {
    int port = AgentProcess.freePort();
    int total = 50_000;
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess gateway = gateway(receiver.port(), "none");
        AgentProcess sensor = sensor(httpInput(port), gatewayPort, "client", "5MB")) {
      sensor.listeningOn(port).start();
      Posting posting = new Posting(port, 1000);
      posting.postAll(total);
      assertRingIsReadable(total);
      gateway.start();
      Awaitility.await("the ring drains")
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  sensor.metric("ed_buffer_disk_bytes") == 0
                      && receiver.arrivals().has(total)
                      && sensor.metric("forebay_delivery_buffered_items") == 0);

      assertThat(sensor.get("/api/status")).contains("\"agent_id\":\"client\"");
      int arrived = receiver.arrivals().distinct();
      assertThat(sensor.metric("buffer_truncations_total")).isEqualTo(total - arrived);
      // Most of 5 MB, in records of 1.1 kB.
      assertThat(arrived).isBetween(2500, 5000);
      receiver.arrivals().assertInOrder();
      assertThat(receiver.arrivals().duplicates()).isZero();
      for (int number = total - 2500; number <= total; number++) {
        assertThat(receiver.arrivals().has(number)).as("the newest, %s", number).isTrue();
      }
      assertThat(gateway.metric("forebay_node_events_total", "event=\"truncated\""))
          .as("truncated numbers that the gateway was told")
          .isEqualTo(total - arrived);
      assertThat(Files.readString(gateway.log()))
          .contains("agent client lost " + (total - arrived) + " events");
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          "sensor: " + tail(sensorHome) + "\ngateway: " + tail(gatewayHome), e);
    }
  }

  /** With ordinary tools: {@code strings *.seg | grep '^{'}. */
  private void assertRingIsReadable(int last) throws IOException {
    List<Path> segments;
    try (Stream<Path> files = Files.list(sensorHome.resolve("ring"))) {
      segments = files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
    }
    int expected = 0;
    for (Path segment : segments) {
      String text = Files.readString(segment, StandardCharsets.ISO_8859_1);
      Matcher lines = RECORD.matcher(text);
      while (lines.find()) {
        int number = Integer.parseInt(lines.group(1));
        if (expected > 0) {
          assertThat(number).as("the number in the next record").isEqualTo(expected);
        }
        expected = number + 1;
      }
    }
    assertThat(expected).as("the last record in the ring").isEqualTo(last + 1);
  }

  private static void awaitAll(RecordingReceiver receiver, int last) {
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> receiver.arrivals().distinct() >= last);
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      receiver.arrivals().assertNothingLost(last);
    }
  }

  private static void append(Path log, int first, int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(Feeder.line(first + i, 200));
    }
    try (OutputStream out =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** As an operator would: each file by renaming. */
  private void install(String name, Path own) throws IOException {
    for (String ending : new String[] {".pem", ".p8"}) {
      Path copy = own.resolve("next" + ending);
      Files.copy(certificates.resolve(name + ending), copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, own.resolve("client" + ending), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static String tail(Path home) throws IOException {
    Path log = home.resolve("agent.log");
    String text = Files.exists(log) ? Files.readString(log) : "";
    return text.substring(Math.max(0, text.length() - 6000));
  }

  private static String fileInput(Path log) {
    return """
        - name: in
          type: file_input
          path: %s
          discovery_interval: 200ms
        """
        .formatted(log);
  }

  private static String httpInput(int port) {
    return """
        - name: in
          type: http_input
          listen: 127.0.0.1
          port: %d
        """
        .formatted(port);
  }

  /**
   * @param certificate path of certificate and key without their endings, in the folder of
   *     certificates where it is relative
   */
  private AgentProcess sensor(String input, int port, String certificate, String ring)
      throws IOException {
    Path own = certificates.resolve(certificate);
    return new AgentProcess(
        sensorHome,
        """
        version: v3
        settings:
          tag: sensor
          item_buffer_flush_interval: 50ms
        nodes:
        %s
        - name: out
          type: collector_output
          endpoint: localhost
          port: %d
          agent_id: client
          request_timeout: 5s
          window:
            timeout: 50ms
          tls:
            ca_file: %s
            crt_file: %s.pem
            key_file: %s.p8
          retry:
            initial_interval: 100ms
            max_interval: %s
          persistent_queue:
            path: %s
            max_byte_size: %s
        links:
        - from: in
          to: out
        """
            .formatted(
                input.stripTrailing(),
                port,
                certificates.resolve("ca.pem"),
                own,
                own,
                ring.equals("5MB") ? "2s" : certificate.equals("client") ? "1s" : "60s",
                sensorHome.resolve("ring"),
                ring));
  }

  private AgentProcess gateway(int receiverPort, String idCheck) throws IOException {
    return new AgentProcess(
            gatewayHome,
            """
            version: v3
            settings:
              tag: gateway
              item_buffer_flush_interval: 50ms
            nodes:
            - name: agents
              type: collector_input
              listen: 127.0.0.1
              port: %d
              agent_id_check: %s
              tls:
                ca_file: %s
                crt_file: %s
                key_file: %s
                client_auth_type: requireandverifyclientcert
            - name: out
              type: http_output
              endpoint: http://127.0.0.1:%d/ingest
              batch_size: 500
              parallel_worker_count: 1
              request_timeout: 2s
              retry:
                initial_interval: 100ms
                max_interval: 500ms
              persistent_queue:
                path: %s
                strict_ordering: true
            links:
            - from: agents
              to: out
            """
                .formatted(
                    gatewayPort,
                    idCheck,
                    certificates.resolve("ca.pem"),
                    certificates.resolve("server.pem"),
                    certificates.resolve("server.p8"),
                    receiverPort,
                    gatewayHome.resolve("queue")))
        .listeningOn(gatewayPort);
  }
}
