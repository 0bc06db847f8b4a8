package io.forebay.agent.endtoend;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network on the loopback that can be cut, slowed down and made to break off in mid-stream. */
final class CuttingProxy implements Closeable {

  private final ServerSocket server = new ServerSocket();
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile long delayMillis;
  private volatile long breakAfterBytes = Long.MAX_VALUE;

  CuttingProxy(int target) throws IOException {
    this.target = target;
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    daemon("accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Breaks every connection and makes no new one, until {@link #mend}. */
  void cut() {
    cut = true;
    reset();
  }

  /** Passes each piece on after a while. */
  void delay(long millis) {
    delayMillis = millis;
  }

  /** Breaks the connection off once so many more bytes have gone to the receiver. */
  void breakAfter(long bytes) {
    breakAfterBytes = bytes;
  }

  /** Passes everything on again. */
  void mend() {
    cut = false;
    delayMillis = 0;
    breakAfterBytes = Long.MAX_VALUE;
  }

  @Override
  public void close() throws IOException {
    server.close();
    reset();
  }

  private void reset() {
    for (Socket socket : sockets) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // It has gone by itself in this moment.
      }
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket sender = server.accept();
        if (cut) {
          sender.close();
          continue;
        }
        Socket receiver = new Socket();
        sockets.add(sender);
        sockets.add(receiver);
        daemon("connect", () -> connect(sender, receiver));
      } catch (IOException e) {
        // Closed, or the sender has gone already.
      }
    }
  }

  private void connect(Socket sender, Socket receiver) {
    try {
      receiver.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
      sender.setTcpNoDelay(true);
      receiver.setTcpNoDelay(true);
      daemon("back", () -> pump(receiver, sender, false));
      pump(sender, receiver, true);
    } catch (IOException refused) {
      closeBoth(sender, receiver);
    }
  }

  private void pump(Socket from, Socket to, boolean forward) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (delayMillis > 0) {
          Thread.sleep(delayMillis);
        }
        long left = forward ? breakAfterBytes : Long.MAX_VALUE;
        out.write(buffer, 0, (int) Math.min(n, left));
        if (n >= left) {
          break;
        }
        if (left != Long.MAX_VALUE) {
          breakAfterBytes = left - n;
        }
      }
    } catch (IOException | InterruptedException gone) {
      // One side has gone; so does the other.
    } finally {
      closeBoth(from, to);
    }
  }

  private void closeBoth(Socket one, Socket other) {
    for (Socket socket : new Socket[] {one, other}) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // It is gone anyway.
      }
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
