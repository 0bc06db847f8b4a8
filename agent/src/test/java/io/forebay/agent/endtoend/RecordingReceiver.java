package io.forebay.agent.endtoend;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 receiver on plain sockets that records what it takes, and can fail in every way that
 * a receiver fails. Keeps its port while it is down.
 */
final class RecordingReceiver implements Closeable {

  /** What the receiver does with a request that it has read whole. */
  sealed interface Conduct {
    /** Takes it, after a delay. */
    record Take(long delayMillis) implements Conduct {}

    /** Takes nothing and answers with a status. */
    record Refuse(int status, String headers) implements Conduct {}

    /** Takes nothing and never answers. */
    record Hang() implements Conduct {}

    /** Takes it and closes in the middle of the answer, which is therefore no acknowledgement. */
    record CloseMidResponse() implements Conduct {}
  }

  static final Conduct TAKE = new Conduct.Take(0);

  private final int port;
  private final Arrivals arrivals = new Arrivals();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ServerSocket server;
  private volatile Function<int[], Conduct> conduct = numbers -> TAKE;

  RecordingReceiver() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    up();
  }

  int port() {
    return port;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  void conduct(Conduct newConduct) {
    conduct = numbers -> newConduct;
  }

  /** Decides for each request by the numbers in it. */
  void conductBy(Function<int[], Conduct> decision) {
    conduct = decision;
  }

  synchronized void up() throws IOException {
    if (server != null) {
      return;
    }
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server = socket;
    daemon("accept", () -> accept(socket));
  }

  synchronized void down() throws IOException {
    ServerSocket socket = server;
    if (socket == null) {
      return;
    }
    server = null;
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    down();
  }

  private void accept(ServerSocket socket) {
    while (true) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        daemon("serve", () -> serve(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream(), 1 << 16);
      OutputStream out = connection.getOutputStream();
      while (true) {
        int length = contentLength(in);
        if (length < 0) {
          return;
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length || !answer(body, out)) {
          return;
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The agent was killed, or the receiver went down: what was not read whole was not taken.
    } finally {
      connections.remove(connection);
    }
  }

  /** Reads a request's head; -1 at the end of the connection. */
  private static int contentLength(InputStream in) throws IOException {
    int length = -1;
    StringBuilder line = new StringBuilder();
    boolean any = false;
    while (true) {
      int b = in.read();
      if (b < 0) {
        return -1;
      }
      if (b != '\n') {
        line.append((char) b);
        continue;
      }
      String text = line.toString().strip().toLowerCase(Locale.ROOT);
      line.setLength(0);
      if (text.isEmpty()) {
        if (any) {
          return Math.max(length, 0);
        }
        continue;
      }
      any = true;
      if (text.startsWith("content-length:")) {
        length = Integer.parseInt(text.substring("content-length:".length()).strip());
      }
    }
  }

  private boolean answer(byte[] body, OutputStream out) throws IOException, InterruptedException {
    int[] numbers = Arrivals.numbers(body, body.length);
    Conduct decided = conduct.apply(numbers);
    if (decided instanceof Conduct.Take take) {
      if (take.delayMillis() > 0) {
        Thread.sleep(take.delayMillis());
      }
      arrivals.take(numbers);
      write(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      arrivals.acknowledged(numbers);
      return true;
    }
    if (decided instanceof Conduct.Refuse refuse) {
      write(
          out,
          "HTTP/1.1 "
              + refuse.status()
              + " No\r\n"
              + refuse.headers()
              + "Content-Length: 0\r\n\r\n");
      return true;
    }
    if (decided instanceof Conduct.CloseMidResponse) {
      arrivals.take(numbers);
      write(out, "HTTP/1.1 200 OK\r\nContent-Le");
      return false;
    }
    while (conduct.apply(numbers) instanceof Conduct.Hang && server != null) {
      Thread.sleep(20);
    }
    return false;
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, "receiver-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
