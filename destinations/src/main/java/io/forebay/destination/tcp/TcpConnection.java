package io.forebay.destination.tcp;

import io.forebay.destination.encoding.EncodedBatch;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.FutureMono;

/**
 * One of the pool's connections: opened when first needed, opened again after it has ended. Thread
 * safe.
 */
final class TcpConnection {

  private final AtomicInteger users = new AtomicInteger();
  private final Mono<Connection> connected;
  private volatile boolean closed;

  /**
   * @param connect opens a connection on subscription
   */
  TcpConnection(Mono<Connection> connect) {
    this.connected =
        Mono.defer(() -> closed ? Mono.error(new ClosedDestinationException()) : connect)
            .doOnNext(this::endIfClosed)
            .cacheInvalidateWhen(Connection::onDispose);
  }

  /** Sends under way on it. */
  int users() {
    return users.get();
  }

  /**
   * Completes when the operating system has taken all bytes. On failure or cancel the connection is
   * closed, since the receiver may have got half a line.
   */
  Mono<Void> write(EncodedBatch body) {
    return Mono.defer(
        () -> {
          users.incrementAndGet();
          // Counted down before the end is told, so that the next send finds this connection free.
          return connected
              .flatMap(connection -> write(connection, body))
              .doOnTerminate(users::decrementAndGet)
              .doOnCancel(users::decrementAndGet);
        });
  }

  /** Closes the connection, and those that are still being opened. */
  Mono<Void> close() {
    return Mono.defer(
        () -> {
          boolean wasClosed = closed;
          closed = true;
          if (wasClosed) {
            return Mono.empty();
          }
          return current().doOnNext(Connection::dispose).flatMap(Connection::onDispose);
        });
  }

  private Mono<Connection> current() {
    // With closed set, an absent connection shows as the error of the exception above.
    return connected.onErrorComplete();
  }

  private void endIfClosed(Connection connection) {
    if (closed) {
      connection.dispose();
    }
  }

  private static Mono<Void> write(Connection connection, EncodedBatch body) {
    return FutureMono.deferFuture(() -> connection.channel().writeAndFlush(body.newBuffer()))
        .doOnError(failure -> connection.dispose())
        .doOnCancel(connection::dispose);
  }
}
