package io.forebay.agent.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Posts numbered lines to an {@code http_input}. Not thread safe. */
final class Posting {

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final URI uri;
  private final int lineBytes;
  private int next = 1;

  Posting(int port, int lineBytes) {
    this.uri = URI.create("http://127.0.0.1:" + port + "/");
    this.lineBytes = lineBytes;
  }

  /** Number of the last line that was posted, whatever came of it. */
  int last() {
    return next - 1;
  }

  /** Posts the next lines once, and gives the status; -1 without an answer in time. */
  int post(int lines, Duration timeout) throws InterruptedException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      body.append(Feeder.line(next++, lineBytes));
    }
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.US_ASCII))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Posts lines in requests of 500 until {@code total} have been posted, each answered 200. */
  void postAll(int total) throws InterruptedException {
    while (last() < total) {
      int status = post(Math.min(500, total - last()), Duration.ofSeconds(20));
      if (status != 200) {
        throw new IllegalStateException("answered " + status + " at line " + last());
      }
    }
  }
}
