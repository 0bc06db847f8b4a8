package io.forebay.source.worker;

import io.forebay.core.item.ByteSlice;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a daemon thread of its own and puts what it reads into a bounded queue, since a
 * read of a pipe or terminal cannot be given up. The last chunk is an empty one.
 *
 * @param <S> what tells the streams apart that share a queue
 */
public final class StreamReader<S> {

  private static final int CHUNK_BYTES = 64 * 1024;

  /**
   * What one read gave.
   *
   * @param stream where it came from
   * @param bytes what was read; empty at the end of the stream
   * @param failure why the stream ended, when it was not its end
   */
  public record Chunk<S>(S stream, ByteSlice bytes, @Nullable IOException failure) {
    public boolean isEnd() {
      return bytes.isEmpty();
    }
  }

  private final S stream;
  private final InputStream input;
  private final BlockingQueue<Chunk<S>> chunks;
  private final Thread thread;

  /**
   * @param chunks where the chunks go; reading waits while it is full
   */
  public StreamReader(
      String threadName, S stream, InputStream input, BlockingQueue<Chunk<S>> chunks) {
    this.stream = stream;
    this.input = input;
    this.chunks = chunks;
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /**
   * Gives up: a chunk that waits for room is thrown away. A read under way goes on until its stream
   * gives something or ends, and is the last.
   */
  public void stop() {
    thread.interrupt();
  }

  private void run() {
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      IOException failure = null;
      try {
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
          if (count > 0) {
            chunks.put(new Chunk<>(stream, ByteSlice.of(Arrays.copyOf(buffer, count)), null));
          }
        }
      } catch (IOException e) {
        failure = e;
      }
      chunks.put(new Chunk<>(stream, ByteSlice.EMPTY, failure));
    } catch (InterruptedException e) {
      // Stopped: nobody takes chunks any more.
      thread.interrupt();
    }
  }
}
