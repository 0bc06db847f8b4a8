package io.forebay.destination.localstorage;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.Batch;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.EncodedBatch;
import java.io.IOException;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** Appends each batch to the open file; delivered means that the device has it. */
final class LocalStorageDestination implements Destination {

  private final Path root;
  private final BatchEncoder encoder;
  private final ArchiveWriter writer;

  LocalStorageDestination(Path root, BatchEncoder encoder, ArchiveWriter writer) {
    this.root = root;
    this.encoder = encoder;
    this.writer = writer;
  }

  @Override
  public Mono<Void> start() {
    return writer.prepare().onErrorMap(failure -> new IOException(why(failure), failure));
  }

  @Override
  public Mono<SendResult> send(Batch batch) {
    if (batch.isEmpty()) {
      return Mono.just(Delivered.INSTANCE);
    }
    return encoder
        .encode(batch)
        .flatMap(this::append)
        .onErrorResume(failure -> Mono.just(new Retry(why(failure))));
  }

  @Override
  public Mono<Void> close() {
    return writer.close().doFinally(signal -> encoder.close());
  }

  private Mono<SendResult> append(EncodedBatch body) {
    // Not released on cancel: the writer may be reading the array at that moment.
    return writer
        .append(body.bytes())
        .then(Mono.<SendResult>just(Delivered.INSTANCE))
        .doOnTerminate(body::release);
  }

  private String why(Throwable failure) {
    return "cannot write beneath " + root + ": " + IoFailure.text(failure);
  }
}
