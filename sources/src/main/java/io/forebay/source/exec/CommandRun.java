package io.forebay.source.exec;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.item.Batch;
import io.forebay.source.line.LineBatches;
import io.forebay.source.worker.Emitter;
import io.forebay.source.worker.StreamReader;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of the command, from its start until it has ended and its output is read. Holds a few
 * chunks of output; a process that prints faster than its lines are taken waits.
 */
final class CommandRun {

  /** How a run ended. */
  sealed interface End {
    /** The command ended by itself. */
    record Exited(int code, String lastErrorLine) implements End {}

    /** The command was ended, since its time was over. */
    record TimedOut() implements End {}

    /** The subscriber has gone. */
    record Cancelled() implements End {}
  }

  private enum Stream {
    STDOUT,
    STDERR;

    Map<String, @Nullable Object> attributes() {
      return Map.of("log.iostream", name().toLowerCase(Locale.ROOT));
    }
  }

  private static final int QUEUED_CHUNKS = 4;
  private static final long POLL_MILLIS = 50;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);

  /** How long output is waited for after the command has ended, while a child holds it open. */
  private static final long LEFTOVER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Emitter out;
  private final Process process;
  private final long deadlineNanos;
  private final boolean limited;
  private final BlockingQueue<StreamReader.Chunk<Stream>> chunks =
      new ArrayBlockingQueue<>(QUEUED_CHUNKS);
  private final Map<Stream, LineBatches> lines = new EnumMap<>(Stream.class);
  private final List<StreamReader<Stream>> readers;
  private int openStreams = 2;
  private String lastErrorLine = "";

  /**
   * Starts the command.
   *
   * @param timeout null for no limit
   * @throws IOException when it cannot be started
   */
  CommandRun(
      List<String> command,
      @Nullable Duration timeout,
      int maxLineBytes,
      ComponentContext context,
      Emitter out)
      throws IOException {
    this.out = out;
    for (Stream stream : Stream.values()) {
      lines.put(
          stream,
          new LineBatches(maxLineBytes, stream.attributes(), context.clock(), context.listener()));
    }
    this.process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    this.limited = timeout != null;
    this.deadlineNanos = System.nanoTime() + (timeout != null ? timeout.toNanos() : 0);
    String name = "exec-input-" + context.nodeName() + "-";
    this.readers =
        List.of(
            new StreamReader<>(name + "stdout", Stream.STDOUT, process.getInputStream(), chunks),
            new StreamReader<>(name + "stderr", Stream.STDERR, process.getErrorStream(), chunks));
  }

  /** Emits the lines until the command has ended, its time is over or the subscriber goes. */
  End follow() throws InterruptedException {
    readers.forEach(StreamReader::start);
    try {
      long exitedAtNanos = 0;
      boolean exited = false;
      while (openStreams > 0) {
        long now = System.nanoTime();
        if (out.isCancelled()) {
          return new End.Cancelled();
        }
        if (limited && now - deadlineNanos >= 0) {
          return new End.TimedOut();
        }
        if (out.demand() == 0) {
          out.pause(POLL_NANOS);
          continue;
        }
        StreamReader.Chunk<Stream> chunk = chunks.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (chunk != null) {
          take(chunk);
          exited = false;
        } else if (!exited && !process.isAlive()) {
          exited = true;
          exitedAtNanos = now;
        } else if (exited && now - exitedAtNanos >= LEFTOVER_NANOS) {
          break;
        }
      }
      return new End.Exited(process.waitFor(), lastErrorLine);
    } finally {
      ProcessTree.end(process);
      readers.forEach(StreamReader::stop);
    }
  }

  private void take(StreamReader.Chunk<Stream> chunk) {
    LineBatches batches = lines.get(chunk.stream());
    if (batches == null) {
      throw new IllegalStateException("no such stream: " + chunk.stream());
    }
    Batch batch = chunk.isEnd() ? batches.last() : batches.next(chunk.bytes());
    if (chunk.isEnd()) {
      openStreams--;
    }
    if (batch != null) {
      if (chunk.stream() == Stream.STDERR) {
        lastErrorLine = batch.items().get(batch.size() - 1).body().toUtf8();
      }
      out.emit(batch);
    }
  }
}
