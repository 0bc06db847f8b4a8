package io.forebay.agent.endtoend;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Gives an agent numbered lines from 1 on, in order, from a thread of its own. Whatever was counted
 * as {@link #produced} is to arrive.
 */
abstract class Feeder {

  /** Of a line, its end not counted. */
  static final int LINE_BYTES = 120;

  private static final int LINES = 20;

  private final Thread thread = new Thread(this::run, "feeder");
  private final long pauseMillis;
  private volatile boolean stopping;
  private volatile int produced;
  private final Map<Integer, Long> offeredAtNanos = new ConcurrentHashMap<>();

  private Feeder(long pauseMillis) {
    this.pauseMillis = pauseMillis;
    thread.setDaemon(true);
  }

  /** Appends to a file. */
  static Feeder file(Path path, long pauseMillis) {
    return new Feeder(pauseMillis) {
      @Override
      boolean offer(byte[] lines) throws IOException {
        try (OutputStream out =
            Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
          out.write(lines);
        }
        return true;
      }
    };
  }

  /** Posts, and posts the same lines again until the agent answers 200. */
  static Feeder http(int port, long pauseMillis) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    return new Feeder(pauseMillis) {
      @Override
      boolean offer(byte[] lines) throws InterruptedException {
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofByteArray(lines))
                .build();
        try {
          return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
          return false;
        }
      }
    };
  }

  /** One line with its number, of at least the given size. */
  static String line(int number, int size) {
    String head = String.format(Locale.ROOT, "SEQ=%010d level=info some text ", number);
    return head + "x".repeat(Math.max(0, size - head.length())) + "\n";
  }

  /** Gives the lines; false to be asked again with the same. */
  abstract boolean offer(byte[] lines) throws IOException, InterruptedException;

  void start() {
    thread.start();
  }

  /** Stops after the lines under way have been taken; gives the last number. */
  int finish() throws InterruptedException {
    stopping = true;
    thread.join(TimeUnit.SECONDS.toMillis(60));
    if (thread.isAlive()) {
      throw new IllegalStateException("the agent did not take the last lines within a minute");
    }
    return produced;
  }

  /** When the number was offered first. */
  long offeredAtNanos(long number) {
    return offeredAtNanos.get((int) ((number - 1) / LINES));
  }

  /** The last number that was taken. */
  int produced() {
    return produced;
  }

  private void run() {
    try {
      int next = 1;
      while (!stopping) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
          lines.append(line(next + i, LINE_BYTES));
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
        offeredAtNanos.put((next - 1) / LINES, System.nanoTime());
        while (!offer(bytes)) {
          Thread.sleep(50);
        }
        next += LINES;
        produced = next - 1;
        Thread.sleep(pauseMillis);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
