package io.forebay.source.file;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.source.worker.Emitter;
import io.forebay.source.worker.WorkerFlux;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Follows files; see {@link TailLoop}. One run at a time: a new one ends the one before. */
final class FileInput implements Source {

  private final FileInputConfig config;
  private final ComponentContext context;
  private final AtomicReference<@Nullable TailLoop> running = new AtomicReference<>();

  FileInput(FileInputConfig config, ComponentContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public Flux<Batch> batches() {
    return new WorkerFlux("file-input-" + context.nodeName(), this::run);
  }

  private void run(Emitter out) throws Exception {
    TailLoop loop = new TailLoop(config, context, out);
    TailLoop before = running.getAndSet(loop);
    if (before != null) {
      before.finish();
    }
    loop.run();
  }

  @Override
  public Mono<Void> close() {
    return Mono.<Void>fromCallable(
            () -> {
              TailLoop loop = running.get();
              if (loop != null) {
                loop.finish();
              }
              return null;
            })
        .subscribeOn(Schedulers.boundedElastic());
  }
}
