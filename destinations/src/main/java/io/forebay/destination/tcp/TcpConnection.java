package io.forebay.destination.tcp;

import io.forebay.destination.encoding.EncodedBatch;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.FutureMono;

/**
 * One of the pool's connections: opened when first needed, opened again after it has ended. Thread
 * safe.
 */
final class TcpConnection {

  private final AtomicInteger users = new AtomicInteger();
  private final Mono<Connection> connect;

  // Both guarded by this.
  private @Nullable Attempt current;
  private boolean closed;

  /**
   * @param connect opens a connection on subscription
   */
  TcpConnection(Mono<Connection> connect) {
    this.connect = connect.single();
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
    // Counted down before the end is told, so that the next send finds this connection free.
    return Mono.using(
        users::incrementAndGet,
        count -> connected().flatMap(connection -> write(connection, body)),
        count -> users.decrementAndGet());
  }

  private static Mono<Void> write(Connection connection, EncodedBatch body) {
    return FutureMono.deferFuture(() -> connection.channel().writeAndFlush(body.newBuffer()))
        .doOnError(failure -> connection.dispose())
        .doOnCancel(connection::dispose);
  }

  /** Closes the connection, also one that is still being opened. Later writes fail. */
  Mono<Void> close() {
    return Mono.defer(
        () -> {
          Attempt last;
          synchronized (this) {
            closed = true;
            last = current;
            current = null;
          }
          return last == null ? Mono.empty() : last.end();
        });
  }

  /** The connection that there is, that is being opened, or that is opened now. */
  private Mono<Connection> connected() {
    Attempt begun;
    synchronized (this) {
      if (closed) {
        return Mono.error(new ClosedDestinationException());
      }
      Attempt last = current;
      if (last != null && !last.isOver()) {
        return last.outcome.asMono();
      }
      begun = new Attempt();
      current = begun;
    }
    begun.start(); // out of the lock: it may end at once
    return begun.outcome.asMono();
  }

  private synchronized boolean isCurrent(Attempt attempt) {
    return current == attempt;
  }

  private synchronized void forget(Attempt attempt) {
    if (current == attempt) {
      current = null;
    }
  }

  /** One connection from its opening to its end, for all who write to it meanwhile. */
  private final class Attempt {
    final Sinks.One<Connection> outcome = Sinks.one();
    private volatile @Nullable Connection opened;

    void start() {
      // Never cancelled: a connection that comes too late must still get here to be closed. How
      // long it may take is bounded by the client's own timeouts.
      connect.subscribe(this::opened, this::failed);
    }

    /** Whether it can no longer be written to, though nobody may have been told yet. */
    boolean isOver() {
      Connection connection = opened;
      return connection != null && !connection.channel().isActive();
    }

    private void opened(Connection connection) {
      opened = connection;
      if (!isCurrent(this)) {
        connection.dispose(); // whoever took the place of this one may not have seen it
        failed(new ClosedChannelException());
        return;
      }
      connection.onDispose(() -> forget(this));
      outcome.tryEmitValue(connection);
    }

    private void failed(Throwable failure) {
      forget(this);
      outcome.tryEmitError(failure);
    }

    /** Ends it, whatever it has come to; what is still being opened is closed once it is open. */
    Mono<Void> end() {
      outcome.tryEmitError(new ClosedDestinationException());
      Connection connection = opened;
      if (connection == null) {
        return Mono.empty();
      }
      connection.dispose();
      return connection.onDispose();
    }
  }
}
