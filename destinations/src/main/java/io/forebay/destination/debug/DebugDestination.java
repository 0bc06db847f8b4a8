package io.forebay.destination.debug;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.EncodedBatch;
import java.io.IOException;
import java.io.OutputStream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Writes each batch to a stream, whole lines at a time, on a scheduler of its own: a pipe that
 * nobody reads blocks the writer.
 */
final class DebugDestination implements Destination {

  private final OutputStream stream;
  private final BatchEncoder encoder;
  private final Scheduler scheduler;

  /**
   * @param stream flushed after each batch, never closed
   * @param scheduler one thread that may block; disposed of on close
   */
  DebugDestination(OutputStream stream, BatchEncoder encoder, Scheduler scheduler) {
    this.stream = stream;
    this.encoder = encoder;
    this.scheduler = scheduler;
  }

  @Override
  public Mono<SendResult> send(Batch batch) {
    if (batch.isEmpty()) {
      return Mono.just(Delivered.INSTANCE);
    }
    return encoder
        .encode(batch)
        .flatMap(body -> Mono.fromCallable(() -> write(body)).subscribeOn(scheduler))
        .onErrorResume(
            failure ->
                Mono.just(
                    new Retry("standard output cannot be written to: " + failure.getMessage())));
  }

  @Override
  public Mono<Void> close() {
    return Mono.fromRunnable(
        () -> {
          // Elsewhere: it takes locks for which the thread reaches as it goes.
          Schedulers.boundedElastic().schedule(scheduler::dispose);
          encoder.close();
        });
  }

  private SendResult write(EncodedBatch body) throws IOException {
    ByteSlice bytes = body.bytes();
    stream.write(bytes.array(), bytes.offset(), bytes.length());
    stream.flush();
    body.release();
    return Delivered.INSTANCE;
  }
}
