package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of {@code config-examples} validates, and does what its comment says with real input.
 */
class ConfigExamplesIT {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path EXAMPLES = ROOT.resolve("config-examples");
  private static final String LINE = Feeder.line(1, 60).strip();

  private static final Set<String> LISTENERS =
      Set.of(
          "fan-out-backpressure.yaml",
          "mask-and-filter.yaml",
          "gateway-tls.yaml",
          "collector-gateway.yaml",
          "disk-budget.yaml");

  @TempDir private static Path certificates;
  @TempDir private Path directory;

  private final Map<String, String> environment = new TreeMap<>();
  private int port;

  static Stream<Path> examples() throws IOException {
    return Files.list(EXAMPLES).filter(file -> file.toString().endsWith(".yaml")).sorted();
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    TestCertificates.write(certificates);
  }

  @BeforeEach
  void surroundings() throws IOException {
    port = AgentProcess.freePort();
    environment.put("FOREBAY_DATA_DIR", directory.resolve("data").toString());
    environment.put("LOG_DIR", Files.createDirectories(directory.resolve("logs")).toString());
    environment.put("ARCHIVE_DIR", directory.resolve("archive").toString());
    environment.put("CERT_DIR", certificates.toString());
    environment.put("AGENT_ID", "client");
    for (String variable :
        new String[] {"HTTP_PORT", "HTTPS_PORT", "TCP_PORT", "UDP_PORT", "COLLECTOR_PORT"}) {
      environment.put(variable, Integer.toString(port));
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void itValidates(Path example) throws Exception {
    Ended ended = forebay("", "validate", example.toString());

    assertThat(ended.exitCode()).as(ended.printed()).isZero();
  }

  @Test
  void auditTrail() throws Exception {
    tailedFileReachesTheReceiver("audit-trail.yaml", "audit.log");
  }

  @Test
  void rateLimitedSaas() throws Exception {
    tailedFileReachesTheReceiver("rate-limited-saas.yaml", "app.log");
  }

  @Test
  void splunkHec() throws Exception {
    AtomicReference<String> body = new AtomicReference<>("");
    try (CapturingServer receiver = new CapturingServer(body)) {
      environment.put("HEC_URL", "http://127.0.0.1:" + receiver.port() + "/ingest");
      try (AgentProcess agent = start("splunk-hec.yaml", receiver.port())) {
        Path file = directory.resolve("logs").resolve("app.log");
        Files.writeString(file, LINE + "\n");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> body.get().contains(LINE));
        assertThat(body.get())
            .startsWith("{\"time\":")
            .contains("\"source\":\"" + file + "\",\"sourcetype\":\"app\",\"index\":\"main\"")
            .contains("\"env\":\"production\"")
            .contains("\"event\":\"" + LINE);
        assertThat(agent.stop()).isZero();
      }
    }
  }

  @Test
  void fanOutReachesBothDestinations() throws Exception {
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent = start("fan-out-backpressure.yaml", receiver.port())) {
      assertThat(new Posting(port, 80).post(3, Duration.ofSeconds(20))).isEqualTo(200);
      assertThat(agent.stop()).isZero();
      assertThat(filesBelow(directory.resolve("archive"))).isPositive();
    }
  }

  @Test
  void diskBudgetIsTold() throws Exception {
    try (RecordingReceiver receiver = new RecordingReceiver();
        AgentProcess agent = start("disk-budget.yaml", receiver.port())) {
      assertThat(new Posting(port, 80).post(3, Duration.ofSeconds(20))).isEqualTo(200);
      assertThat(agent.metric("forebay_disk_budget_bytes")).isEqualTo(12e9);
      assertThat(agent.get("/api/status")).contains("\"min_free_bytes\":1000000000");
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void maskAndFilter() throws Exception {
    AtomicReference<String> body = new AtomicReference<>("");
    try (CapturingServer receiver = new CapturingServer(body);
        AgentProcess agent = start("mask-and-filter.yaml", receiver.port())) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
          OutputStream out = socket.getOutputStream()) {
        out.write(
            "level=debug noise\nlevel=info jo@example.com paid with 4111111111111111\n"
                .getBytes(StandardCharsets.UTF_8));
      }
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> body.get().contains("paid"));
      assertThat(body.get())
          .contains("<email> paid with ************1111")
          .doesNotContain("noise", "jo@");
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void sensorRing() throws Exception {
    AtomicReference<String> body = new AtomicReference<>("");
    try (CapturingServer receiver = new CapturingServer(body);
        AgentProcess agent = start("sensor-ring.yaml", receiver.port())) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> body.get().contains("\"_type\":\"log\""));
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void udpRelay() throws Exception {
    AtomicReference<String> received = new AtomicReference<>("");
    try (ServerSocket nextHop = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        DatagramSocket socket = new DatagramSocket()) {
      environment.put("NEXT_HOP_PORT", Integer.toString(nextHop.getLocalPort()));
      Thread reader = new Thread(() -> readAll(nextHop, received));
      reader.setDaemon(true);
      reader.start();
      try (AgentProcess agent = start("udp-relay.yaml", 0)) {
        byte[] datagram = (LINE + "\n").getBytes(StandardCharsets.US_ASCII);
        socket.send(
            new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
        Awaitility.await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> received.get().contains(LINE));
        assertThat(agent.stop()).isZero();
      }
    }
  }

  @Test
  void localArchive() throws Exception {
    try (AgentProcess agent = start("local-archive.yaml", 0)) {
      Files.writeString(directory.resolve("logs").resolve("app.log"), LINE + "\n");
      Awaitility.await("the cursor moves once the line is on disk")
          .atMost(Duration.ofSeconds(20))
          .until(() -> agent.metric("ed_pipeline_node_write_items_total", "archive") >= 1);
      assertThat(agent.stop()).isZero();
    }
    try (Stream<Path> files = Files.walk(directory.resolve("archive"))) {
      Path file = files.filter(path -> path.toString().endsWith(".gz")).findFirst().orElseThrow();
      assertThat(
              new String(
                  new GZIPInputStream(Files.newInputStream(file)).readAllBytes(),
                  StandardCharsets.UTF_8))
          .contains(LINE);
    }
  }

  @Test
  void gatewayTls() throws Exception {
    // The backend is down: the gateway has taken the line once it is in its queue.
    environment.put("INGEST_TOKEN", "s3cret");
    environment.put("INGEST_URL", "https://127.0.0.1:" + AgentProcess.freePort() + "/ingest");
    try (AgentProcess agent = start("gateway-tls.yaml", 0)) {
      assertThat(curl("wrong")).isEqualTo("401");
      assertThat(curl("s3cret")).isEqualTo("200");
      assertThat(Files.readString(agent.log())).doesNotContain("s3cret");
      assertThat(agent.get("/api/status")).doesNotContain("s3cret");
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void collectorSensorAndGateway() throws Exception {
    assumeThat(isInstalled("openssl")).as("openssl, for make-test-ca").isTrue();
    Path made = directory.resolve("certificates");
    assertThat(makeTestCa(made.toString(), "sensor-7").exitCode()).isZero();
    environment.put("CERT_DIR", made.toString());
    environment.put("AGENT_ID", "sensor-7");
    environment.put("COLLECTOR_HOST", "localhost");
    AtomicReference<String> body = new AtomicReference<>("");
    try (CapturingServer receiver = new CapturingServer(body);
        AgentProcess gateway = start("collector-gateway.yaml", receiver.port(), "gateway");
        AgentProcess sensor = start("collector-sensor.yaml", receiver.port(), "sensor")) {
      Files.write(
          directory.resolve("logs").resolve("app.log"),
          IntStream.range(0, 200).mapToObj(i -> "line %03d".formatted(i)).toList());

      Awaitility.await("the sensor is answered once both destinations have all of it")
          .atMost(Duration.ofSeconds(30))
          .until(() -> sensor.metric("ed_pipeline_node_write_items_total", "gateway") >= 200);

      assertThat(body.get().lines().map(ConfigExamplesIT::lineNumber))
          .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
      assertThat(gateway.metric("ed_pipeline_node_write_items_total", "archive")).isEqualTo(200);
      assertThat(sensor.stop()).isZero();
      assertThat(gateway.stop()).isZero();
    }
  }

  @Test
  void makeTestCaOverwritesNothing() throws Exception {
    assumeThat(isInstalled("openssl")).as("openssl, for make-test-ca").isTrue();
    Path made = directory.resolve("certificates");
    makeTestCa(made.toString(), "sensor-7");
    byte[] key = Files.readAllBytes(made.resolve("sensor-7.p8"));

    Ended again = makeTestCa(made.toString(), "sensor-7");

    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.printed()).contains("sensor-7.pem exists; --renew issues it again");
    assertThat(made.resolve("sensor-7.p8")).hasBinaryContent(key);
    assertThat(makeTestCa("--renew", made.toString(), "sensor-7").exitCode()).isZero();
    assertThat(Files.readAllBytes(made.resolve("sensor-7.p8"))).isNotEqualTo(key);
    try (Stream<Path> files = Files.list(made)) {
      assertThat(files.filter(file -> file.toString().endsWith(".p8")))
          .allSatisfy(
              file ->
                  assertThat(Files.getPosixFilePermissions(file))
                      .containsExactlyInAnyOrder(
                          PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    }
  }

  @Test
  void stdinDebug() throws Exception {
    Ended ended =
        forebay(
            "user=jo@example.com level=info\n",
            "run",
            "-c",
            EXAMPLES.resolve("stdin-debug.yaml").toString(),
            "--admin",
            "off",
            "--data-dir",
            directory.resolve("data").toString());

    assertThat(ended.exitCode()).as(ended.printed()).isZero();
    assertThat(ended.printed()).contains("user=<email> level=info");
  }

  private void tailedFileReachesTheReceiver(String example, String file) throws Exception {
    AtomicReference<String> ignored = new AtomicReference<>("");
    try (CapturingServer receiver = new CapturingServer(ignored);
        AgentProcess agent = start(example, receiver.port())) {
      Files.writeString(directory.resolve("logs").resolve(file), LINE + "\n");
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> ignored.get().contains(LINE));
      assertThat(agent.stop()).isZero();
    }
  }

  private AgentProcess start(String example, int receiverPort) throws IOException {
    return start(example, receiverPort, "");
  }

  /** Starts an agent with a directory of its own, so that several can run beside each other. */
  private AgentProcess start(String example, int receiverPort, String name) throws IOException {
    environment.putIfAbsent("INGEST_URL", "http://127.0.0.1:" + receiverPort + "/ingest");
    Path own = Files.createDirectories(directory.resolve(name));
    AgentProcess agent = new AgentProcess(own, Files.readString(EXAMPLES.resolve(example)));
    environment.forEach(agent::with);
    agent.with("FOREBAY_DATA_DIR", own.resolve("data").toString());
    return (LISTENERS.contains(example) ? agent.listeningOn(port) : agent).start();
  }

  private String curl(String token) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--cacert",
                certificates.resolve("ca.pem").toString(),
                "-H",
                "Authorization: Bearer " + token,
                "--data-binary",
                LINE,
                "https://127.0.0.1:" + port + "/ingest")
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(20, TimeUnit.SECONDS);
    return printed;
  }

  private static int lineNumber(String item) {
    Matcher matcher = Pattern.compile("line (\\d{3})").matcher(item);
    assertThat(matcher.find()).as(item).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private Ended makeTestCa(String... arguments) throws IOException, InterruptedException {
    return run(EXAMPLES.resolve("make-test-ca"), "", arguments);
  }

  private static long filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static void readAll(ServerSocket server, AtomicReference<String> into) {
    try (Socket socket = server.accept()) {
      byte[] buffer = new byte[4096];
      for (int n = socket.getInputStream().read(buffer);
          n > 0;
          n = socket.getInputStream().read(buffer)) {
        String text = new String(buffer, 0, n, StandardCharsets.UTF_8);
        into.updateAndGet(before -> before + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Ended forebay(String input, String... arguments)
      throws IOException, InterruptedException {
    return run(ROOT.resolve("forebay"), input, arguments);
  }

  private Ended run(Path program, String input, String... arguments)
      throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = program.toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    try (OutputStream out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), printed);
  }

  private record Ended(int exitCode, String printed) {}
}
