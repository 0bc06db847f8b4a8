package io.forebay.destination.tcp;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** A TCP server that keeps what it gets, by connection. Keeps its port over restarts. */
final class TcpReceiver {

  private final UnaryOperator<TcpServer> options;
  private final List<ByteArrayOutputStream> received = new CopyOnWriteArrayList<>();
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private DisposableServer server;
  private int port;

  TcpReceiver(UnaryOperator<TcpServer> options) {
    this.options = options;
  }

  void start() {
    if (server != null) {
      return;
    }
    server =
        options
            .apply(TcpServer.create().host("127.0.0.1").port(port))
            .doOnConnection(connections::add)
            .handle(
                (inbound, outbound) -> {
                  ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                  received.add(bytes);
                  return inbound.receive().asByteArray().doOnNext(bytes::writeBytes).then();
                })
            .bindNow();
    port = server.port();
  }

  void stop() {
    DisposableServer running = server;
    server = null;
    if (running != null) {
      running.disposeNow();
      disconnectAll();
    }
  }

  void disconnectAll() {
    connections.forEach(Connection::disposeNow);
    connections.clear();
  }

  int port() {
    return port;
  }

  int connections() {
    return received.size();
  }

  /** All bytes, one connection after the other. */
  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    received.forEach(bytes -> all.writeBytes(bytes.toByteArray()));
    return all.toByteArray();
  }
}
