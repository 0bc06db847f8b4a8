package io.forebay.destination.tcp;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.Batch;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.EncodedBatch;
import io.forebay.destination.net.NetworkFailure;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes each batch whole to one of its connections. With one worker all batches take the same
 * connection, so that their order is kept.
 */
final class TcpDestination implements Destination {

  private final List<TcpConnection> connections;
  private final BatchEncoder encoder;
  private final Duration timeout;
  private final String target;

  /**
   * @param timeout for a whole send, connecting included
   * @param target the receiver, for people
   */
  TcpDestination(
      List<TcpConnection> connections, BatchEncoder encoder, Duration timeout, String target) {
    this.connections = List.copyOf(connections);
    this.encoder = encoder;
    this.timeout = timeout;
    this.target = target;
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@link Delivered} means that the operating system has taken the bytes. What it had not yet
   * transmitted when a connection broke is lost, and nobody can tell: the protocol has no
   * acknowledgement.
   */
  @Override
  public Mono<SendResult> send(Batch batch) {
    if (batch.isEmpty()) {
      return Mono.just(Delivered.INSTANCE);
    }
    return encoder
        .sending(batch, this::write)
        .onErrorResume(failure -> Mono.just(NetworkFailure.outcome(failure, target)));
  }

  @Override
  public Mono<Void> close() {
    return Flux.fromIterable(connections)
        .flatMap(TcpConnection::close)
        .then()
        .doFinally(signal -> encoder.close());
  }

  private Mono<SendResult> write(EncodedBatch body) {
    return leastUsed()
        .write(body)
        .then(Mono.<SendResult>just(Delivered.INSTANCE))
        .timeout(
            timeout,
            Mono.just(
                new Retry(target + " did not take the data within " + timeout.toMillis() + " ms")));
  }

  /** The first among equals, so that a single sender stays on one connection. */
  private TcpConnection leastUsed() {
    TcpConnection best = connections.get(0);
    for (TcpConnection connection : connections) {
      if (connection.users() < best.users()) {
        best = connection;
      }
    }
    return best;
  }
}
