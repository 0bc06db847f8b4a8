package io.forebay.destination.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.destination.Contexts;
import io.forebay.destination.Items;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that break off, or speak something else; written byte for byte. */
class HttpBrokenAnswerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "\u0016\u0003\u0001garbage"
      })
  void meansRetry(String answer) throws Exception {
    SendResult result = sendTo(answer);

    assertThat(result).isInstanceOf(Retry.class);
    assertThat(((Retry) result).why()).isNotBlank().doesNotContain("\n").hasSizeLessThan(400);
  }

  @Test
  void aWholeAnswerBeforeTheEndOfTheConnectionCounts() throws Exception {
    assertThat(sendTo("HTTP/1.0 200 OK\r\n\r\nuntil the end")).isInstanceOf(Delivered.class);
    assertThat(sendTo("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"))
        .isInstanceOf(Delivered.class);
  }

  @Test
  void anAnswerBeforeTheBodyWasTakenCounts() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> refuseEarly(server));
      thread.setDaemon(true);
      thread.start();
      Destination destination =
          new HttpDestinationFactory()
              .create(
                  HttpConfigs.to("http://127.0.0.1:" + server.getLocalPort() + "/in").build(),
                  Contexts.context());
      try {
        assertThat(destination.send(Items.batch(Items.many(200_000))).block(PATIENCE))
            .isInstanceOf(TooLarge.class);
      } finally {
        destination.close().block(PATIENCE);
      }
    }
  }

  /** Answers at the first bytes, as a server does that knows the length, then reads the rest. */
  private static void refuseEarly(ServerSocket server) {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      byte[] bytes = new byte[64 << 10];
      in.read(bytes);
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      while (in.read(bytes) >= 0) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      // The client hung up, as it may.
      return;
    }
  }

  private static SendResult sendTo(String answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> serve(server, answer));
      thread.setDaemon(true);
      thread.start();
      Destination destination =
          new HttpDestinationFactory()
              .create(
                  HttpConfigs.to("http://127.0.0.1:" + server.getLocalPort() + "/in")
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  Contexts.context());
      try {
        return destination.send(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE);
      } finally {
        destination.close().block(PATIENCE);
      }
    }
  }

  /** Reads the head and the body's first byte of each request, answers, and hangs up. */
  private static void serve(ServerSocket server, String answer) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        InputStream in = socket.getInputStream();
        int newlines = 0;
        for (int b = in.read(); b >= 0 && b != '}'; b = in.read()) {
          newlines++;
        }
        if (newlines > 0) {
          in.read(new byte[1000]);
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // The client hung up first, or the test is over.
        continue;
      }
    }
  }
}
