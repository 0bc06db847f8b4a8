package io.forebay.agent.endtoend;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends numbered lines over one TCP connection as fast as they are taken. */
final class LineSender {

  private final Thread thread;

  LineSender(int port, int lines) {
    thread =
        new Thread(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                  OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14)) {
                for (int i = 1; i <= lines; i++) {
                  out.write(Feeder.line(i, 120).getBytes(StandardCharsets.US_ASCII));
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "line-sender");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void join() throws InterruptedException {
    thread.join(60_000);
  }
}
