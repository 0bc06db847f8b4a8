package io.forebay.source.stdin;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.source.line.LineBatches;
import io.forebay.source.worker.Emitter;
import io.forebay.source.worker.StreamReader;
import io.forebay.source.worker.WorkerFlux;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Lines of a stream, in chunks as they come. */
final class StdinInput implements Source {

  /** How long a cancel goes unnoticed at most while nothing comes. */
  private static final long POLL_MILLIS = 100;

  private final ComponentContext context;
  private final InputPump pump;
  private final LineBatches lines;

  StdinInput(StdinInputConfig config, ComponentContext context, InputPump pump) {
    this.context = context;
    this.pump = pump;
    this.lines =
        new LineBatches(
            (int) config.maxLineSize().bytes(), Map.of(), context.clock(), context.listener());
  }

  @Override
  public Flux<Batch> batches() {
    return new WorkerFlux("stdin-input-" + context.nodeName(), this::run);
  }

  private synchronized void run(Emitter out) throws IOException, InterruptedException {
    while (out.awaitDemand()) {
      StreamReader.Chunk<InputPump> chunk = pump.poll(POLL_MILLIS);
      if (chunk == null) {
        continue;
      }
      if (out.isCancelled()) {
        pump.putBack(chunk);
        return;
      }
      @Nullable Batch batch = chunk.isEnd() ? lines.last() : lines.next(chunk.bytes());
      if (batch != null) {
        out.emit(batch);
      }
      if (chunk.failure() != null) {
        throw new IOException("reading standard input failed: " + chunk.failure().getMessage());
      }
      if (chunk.isEnd()) {
        return;
      }
    }
  }
}
