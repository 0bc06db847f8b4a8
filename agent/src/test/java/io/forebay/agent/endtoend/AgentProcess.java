package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The agent in a process of its own, started by the launcher, which can be killed and started
 * again. At the end of its life its books are looked at: every item must be accounted for.
 */
final class AgentProcess implements Closeable {

  private static final Path LAUNCHER = Path.of("").toAbsolutePath().getParent().resolve("forebay");
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final Path config;
  private final Path directory;
  private final int adminPort;
  private int sourcePort;
  private List<String> wrapper = List.of();
  private final Map<String, String> environment = new TreeMap<>();
  private final List<Long> killedAtNanos = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable Process process;

  /**
   * @param directory holds the agent's data and its log
   */
  AgentProcess(Path directory, String yaml) throws IOException {
    this.directory = directory;
    this.config = directory.resolve("pipeline.yaml");
    this.adminPort = freePort();
    Files.writeString(config, yaml);
  }

  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** Lets the launcher do what it does once after a build, which would else count as a start. */
  static void prepare() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(LAUNCHER.toString(), "version");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  AgentProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Has another program start the launcher, whose command it is given; it must become that one. */
  AgentProcess under(List<String> program) {
    wrapper = program;
    return this;
  }

  /** Lets {@link #start} wait until a source listens on the port. */
  AgentProcess listeningOn(int port) {
    sourcePort = port;
    return this;
  }

  /** Starts the agent and waits until it answers. */
  AgentProcess start() throws IOException {
    launch();
    Process started = running();
    Awaitility.await("agent answers; see " + log())
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(25))
        .until(
            () -> {
              assertThat(started.isAlive()).as("agent runs: %s", logTail()).isTrue();
              return status("/health/live") == 200 && (sourcePort == 0 || accepts(sourcePort));
            });
    return this;
  }

  /** Starts the agent and waits for nothing. */
  void launch() throws IOException {
    Path log = log();
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            LAUNCHER.toString(),
            "run",
            "-c",
            config.toString(),
            "--admin",
            "127.0.0.1:" + adminPort,
            "--data-dir",
            directory.resolve("data").toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
  }

  private static boolean accepts(int port) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** As a power cut would, but for the page cache. */
  void kill() throws InterruptedException {
    Process running = running();
    killedAtNanos.add(System.nanoTime());
    running.destroyForcibly();
    assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();
    killedAtNanos.add(System.nanoTime());
  }

  /** SIGTERM, after a look at the books; gives the exit code. */
  int stop() throws InterruptedException, IOException {
    Process running = running();
    Books.assertBalance(this);
    running.destroy();
    assertThat(running.waitFor(20, TimeUnit.SECONDS))
        .as("stops within its grace: %s", logTail())
        .isTrue();
    return running.exitValue();
  }

  long pid() {
    return running().pid();
  }

  boolean isAlive() {
    Process now = process;
    return now != null && now.isAlive();
  }

  /** When the agent was killed. */
  List<Long> kills() {
    return killedAtNanos;
  }

  int status(String path) {
    try {
      return HTTP.send(request(path), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String get(String path) {
    try {
      return HTTP.send(request(path), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sum of a meter over the series whose labels hold all of {@code labels}, such as {@code
   * reason="overflow_newest"}; NaN when there is no such series.
   */
  double metric(String name, String... labels) {
    double sum = Double.NaN;
    for (String line : get("/metrics").split("\n")) {
      boolean named = line.startsWith(name + "{") || line.startsWith(name + " ");
      if (named && List.of(labels).stream().allMatch(line::contains)) {
        double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        sum = Double.isNaN(sum) ? value : sum + value;
      }
    }
    return sum;
  }

  Path directory() {
    return directory;
  }

  Path log() {
    return directory.resolve("agent.log");
  }

  String logTail() throws IOException {
    if (!Files.exists(log())) {
      return "";
    }
    String text = Files.readString(log(), StandardCharsets.UTF_8);
    return text.substring(Math.max(0, text.length() - 4000));
  }

  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      if (running.isAlive()) {
        Books.assertBalance(this);
      }
    } finally {
      running.destroyForcibly();
    }
    Books.assertNoneBroken(log());
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  private Process running() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }
}
