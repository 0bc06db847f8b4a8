package io.forebay.source.stdin;

import io.forebay.source.worker.StreamReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One stream that nodes read in turn. What was read but not taken when a node ended waits for the
 * next one, so that a reload of the pipeline loses no bytes. Holds three chunks at most.
 */
final class InputPump {

  private static final InputPump STANDARD_INPUT =
      new InputPump(new FileInputStream(FileDescriptor.in));

  private final BlockingQueue<StreamReader.Chunk<InputPump>> chunks = new ArrayBlockingQueue<>(1);
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicReference<StreamReader.@Nullable Chunk<InputPump>> putBack =
      new AtomicReference<>();
  private final StreamReader<InputPump> reader;

  InputPump(InputStream input) {
    this.reader = new StreamReader<>("standard-input", this, input, chunks);
  }

  static InputPump standardInput() {
    return STANDARD_INPUT;
  }

  /** The next chunk, or null when none came in time. The end is given again and again. */
  StreamReader.@Nullable Chunk<InputPump> poll(long timeoutMillis) throws InterruptedException {
    StreamReader.Chunk<InputPump> returned = putBack.getAndSet(null);
    if (returned != null) {
      return returned;
    }
    if (started.compareAndSet(false, true)) {
      reader.start();
    }
    StreamReader.Chunk<InputPump> chunk = chunks.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    if (chunk != null && chunk.isEnd()) {
      chunks.add(chunk);
    }
    return chunk;
  }

  /** Gives back a chunk that was polled and could not be used: the next poll gives it again. */
  void putBack(StreamReader.Chunk<InputPump> chunk) {
    putBack.set(chunk);
  }
}
